/** Saves a form with data-autosave-url quietly while it is being written; [data-autosave-status] says so. */
const QUIET_MS = 2000;

async function send(form) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  const response = await fetch(form.dataset.autosaveUrl, { method: "POST", body, credentials: "same-origin" });
  if (!response.ok) throw new Error(String(response.status));
}

function keepSaved(form) {
  const status = form.querySelector("[data-autosave-status]");
  const say = (key) => { if (status) status.textContent = status.dataset[key] ?? ""; };
  let waiting;
  const save = async () => {
    try {
      await send(form);
      say("saved");
    } catch {
      say("failed");
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(save, QUIET_MS);
  });
  form.addEventListener("submit", () => clearTimeout(waiting));
}

export function saveDrafts() {
  document.querySelectorAll("form[data-autosave-url]").forEach(keepSaved);
}
