/** Saves a form with data-autosave-url quietly while it is being written; [data-autosave-status] says so.
 *  What could not be saved is tried again: when the network comes back, and every now and then till it goes. */
const QUIET_MS = 2000;
const RETRY_FIRST_MS = 5000;
const RETRY_LONGEST_MS = 60000;

async function send(form) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  const response = await fetch(form.dataset.autosaveUrl, { method: "POST", body, credentials: "same-origin" });
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

/** So that it is here still when the page is loaded again, and in another language. */
function nameInAddress(form, { key }) {
  const name = form.dataset.draftInAddress;
  if (!name || !key) return;
  const withKey = (url) => {
    const address = new URL(url, location.href);
    address.searchParams.set(name, key);
    return address;
  };
  history.replaceState(history.state, "", withKey(location.href));
  document.querySelectorAll("a[hreflang]").forEach((link) => { link.href = withKey(link.href); });
}

function keepSaved(form) {
  const status = form.querySelector("[data-autosave-status]");
  const say = (key) => { if (status) status.textContent = status.dataset[key] ?? ""; };
  let waiting;
  let failures = 0;
  const saveIn = (ms) => {
    clearTimeout(waiting);
    waiting = setTimeout(save, ms);
  };
  const save = async () => {
    try {
      nameInAddress(form, await send(form));
      failures = 0;
      say("saved");
    } catch {
      saveIn(Math.min(RETRY_FIRST_MS * 2 ** failures, RETRY_LONGEST_MS));
      failures += 1;
      say("failed");
    }
  };
  form.addEventListener("input", () => saveIn(QUIET_MS));
  form.addEventListener("submit", () => clearTimeout(waiting));
  addEventListener("online", () => { if (failures > 0) saveIn(0); });
}

export function saveDrafts() {
  document.querySelectorAll("form[data-autosave-url]").forEach(keepSaved);
}
