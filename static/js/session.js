/** Tells in good time that one will be signed out, and lets one stay: [data-session-end] is a dialog with the words.
 *  The server knows best how long is left, since other tabs count too; asking it prolongs nothing. */
const WARN_SECONDS = 180;
const LEFT_EVERY_MS = 15000;

function words(dialog, state) {
  for (const part of dialog.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
}

function sayLeft(dialog, seconds) {
  const minutes = Math.ceil(seconds / 60);
  const left = dialog.querySelector("[data-left]");
  const text = minutes > 1 ? left.dataset.minutes.replace("{n}", minutes) : left.dataset.last;
  // Said once a minute, and not each time it is looked at.
  if (left.textContent !== text) left.textContent = text;
}

const stops = (dialog) => [...dialog.querySelectorAll("a, button")].filter((stop) => !stop.hidden);

/** What held the focus may be one of the words that no longer are so. */
function focusInside(dialog) {
  const holds = document.activeElement;
  if (!dialog.contains(holds) || holds.closest("[hidden]")) stops(dialog)[0].focus();
}

/** Round and round: a browser would let it out to its own buttons, and from there it is hard to find back. */
function keepTabInside(dialog, event) {
  const [first, last] = [stops(dialog)[0], stops(dialog).at(-1)];
  if (event.key !== "Tab" || document.activeElement !== (event.shiftKey ? first : last)) return;
  event.preventDefault();
  (event.shiftKey ? last : first).focus();
}

/** After a sign-in in another tab the forms here are the new session's to send. */
function renewTokens(dialog, token) {
  dialog.dataset.token = token;
  for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = token;
}

async function ask(url, options) {
  const response = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" }, ...options });
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

function watch(dialog) {
  let waiting;
  let closed = false;
  const again = (ms) => {
    clearTimeout(waiting);
    waiting = setTimeout(look, ms);
  };
  const show = ({ seconds, more, token }) => {
    if (token) renewTokens(dialog, token);
    if (seconds > WARN_SECONDS) {
      closed = false;
      if (dialog.open) dialog.close();
      return again((seconds - WARN_SECONDS) * 1000);
    }
    words(dialog, seconds <= 0 ? "over" : more ? "idle" : "last");
    if (seconds > 0) sayLeft(dialog, seconds);
    if (!dialog.open && (!closed || seconds <= 0)) dialog.showModal();
    if (dialog.open) focusInside(dialog);
    return seconds > 0 ? again(Math.min(LEFT_EVERY_MS, seconds * 1000 + 500)) : clearTimeout(waiting);
  };
  const look = async () => {
    try {
      show(await ask(dialog.dataset.timeUrl));
    } catch {
      again(LEFT_EVERY_MS);
    }
  };
  const stay = async () => {
    try {
      show(await ask(dialog.dataset.stayUrl, { method: "POST", headers: { "X-CSRFToken": dialog.dataset.token } }));
    } catch {
      look();
    }
  };
  dialog.querySelector("[data-stay]").addEventListener("click", stay);
  dialog.addEventListener("keydown", (event) => keepTabInside(dialog, event));
  dialog.addEventListener("close", () => { closed = true; });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  again(Math.max(Number(dialog.dataset.seconds) - WARN_SECONDS, 0) * 1000);
}

export function warnBeforeSignOut() {
  document.querySelectorAll("[data-session-end]").forEach(watch);
}
