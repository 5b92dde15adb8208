/** Shows needs like the one being written: below its title, or beside the form where there is room.
 *  They come and go with what is written, and never move focus. */
const QUIET_MS = 400;
const TITLE_MIN_CHARACTERS = 8;

function show(place) {
  const form = place.closest("form");
  const title = form.elements.namedItem(place.dataset.similarTitle);
  const status = form.querySelector("[data-similar-status]");
  let waiting;
  let asking;
  let shown = "";

  async function ask() {
    const words = title.value.trim();
    if (words === shown || place.contains(document.activeElement)) return;
    shown = words;
    asking?.abort();
    asking = new AbortController();
    const address = `${place.dataset.similarUrl}?${new URLSearchParams({ tittel: words })}`;
    const response = words.length < TITLE_MIN_CHARACTERS ? null : await fetch(address, { signal: asking.signal });
    if (response && !response.ok) return;
    place.innerHTML = response ? await response.text() : "";
    status.textContent = place.querySelector("[data-similar-words]")?.dataset.similarWords ?? "";
  }

  const wide = matchMedia("(min-width: 60rem)");
  const side = document.querySelector("[data-similar-side]");
  const below = place.previousElementSibling;
  const settle = () => {
    if (wide.matches && side) side.prepend(place);
    else below.after(place);
  };
  wide.addEventListener("change", settle);
  settle();

  const askSoon = (ms) => {
    clearTimeout(waiting);
    // What could not be fetched is asked for again with the next letter; nothing stops the writing.
    waiting = setTimeout(() => ask().catch(() => { shown = ""; }), ms);
  };
  place.addEventListener("click", (event) => {
    const button = event.target.closest("[data-support-instead]");
    if (!button) return;
    form.action = button.dataset.supportInstead;
    form.submit();
  });
  title.addEventListener("input", () => askSoon(QUIET_MS));
  // They have been shown while it was written: no need to ask once more before it is sent.
  form.querySelector("[data-similar-ask]")?.remove();
  if (title.value) askSoon(0);
}

export function showSimilarNeeds() {
  document.querySelectorAll("[data-similar]").forEach(show);
}
