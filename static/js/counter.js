/** Says how many characters are left of a field with data-max. Without script its text states the limit. */
const ANNOUNCE_AFTER_MS = 1000;

function describe(field, counter) {
  const left = Number(field.dataset.max) - [...field.value].length;
  const words = left < 0 ? counter.dataset.over : counter.dataset.left;
  return { over: left < 0, text: words.replace("{n}", String(Math.abs(left))) };
}

function watch(field) {
  const counter = document.getElementById(`${field.id}-counter`);
  if (!counter) return;
  let announcing;
  const show = () => {
    const { over, text } = describe(field, counter);
    counter.firstElementChild.textContent = text;
    counter.toggleAttribute("data-over-limit", over);
    clearTimeout(announcing);
    announcing = setTimeout(() => { counter.lastElementChild.textContent = text; }, ANNOUNCE_AFTER_MS);
  };
  field.addEventListener("input", show);
  if (field.value) counter.firstElementChild.textContent = describe(field, counter).text;
}

export function countCharacters() {
  document.querySelectorAll("[data-max]").forEach(watch);
}
