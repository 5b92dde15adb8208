/** Keeps a preview in step with what is written. Without script a button shows it. */
const AFTER_MS = 1000;

async function draw(form, place, signal) {
  const body = new FormData(form);
  body.set("do", "preview");
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.dataset.previewWith, { method: "POST", body, signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-preview]");
    if (answer.ok && fresh) place.replaceChildren(...fresh.childNodes);
  } catch {
    // The preview stays as it was; the button still works.
  } finally {
    if (!signal.aborted) place.removeAttribute("aria-busy");
  }
}

export function previewWhileWriting() {
  const form = document.querySelector("[data-preview-with]");
  const place = document.querySelector("[data-preview]");
  if (!form || !place) return;
  let waiting;
  let running = new AbortController();
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      running.abort();
      running = new AbortController();
      draw(form, place, running.signal);
    }, AFTER_MS);
  });
}
