/** The list of needs keeps one's place: the focus where one is, the address as the list stands, and the way back. */

const PAGES_MAX = 10;
// Of these answers one may well get another soon; any other error is shown as a page.
const mayPass = (status) => status === 429 || status >= 500;
const statusLine = () => document.getElementById("need-status");
const list = () => document.getElementById("need-list");

export function keepPlaceInList() {
  if (!document.getElementById("need-finder")) return;
  let shownBefore = 0;
  let byChip = false;
  document.addEventListener("htmx:before:request", (event) => {
    const { sourceElement } = event.detail.ctx;
    showFailure(false);
    if (!sourceElement.matches("[data-more]") || pagesShown() < PAGES_MAX) return;
    // Ever longer pages grow slow: from here on, the next begins anew.
    event.preventDefault();
    location.assign(sourceElement.href);
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const { sourceElement } = event.detail.ctx;
    shownBefore = sourceElement.matches("[data-more]") ? list().children.length : 0;
    byChip = sourceElement.matches(".chip");
  });
  document.addEventListener("htmx:after:swap", () => {
    if (shownBefore) settleMore(shownBefore);
    else settleChange(byChip);
  });
  document.addEventListener("htmx:error", settleFailure);
  document.addEventListener("htmx:before:response", (event) => {
    if (!mayPass(event.detail.ctx.response.status)) return;
    event.preventDefault();
    settleFailure();
  });
  leaveChoices();
  rememberCard();
  returnToCard();
}

function pagesShown() {
  return Number(new URL(location.href).searchParams.get("sider") ?? 1);
}

/** After more cards: on with the first of them, and the address now stands for all that are here. */
function settleMore(shownBefore) {
  const added = list().children[shownBefore];
  added?.querySelector("h3 a").focus();
  const here = new URL(location.href);
  here.searchParams.set("sider", pagesShown() + 1);
  history.replaceState(history.state, "", here);
  const { moreWords } = statusLine().dataset;
  statusLine().textContent = moreWords.replace("{}", list().children.length - shownBefore);
}

/** Where choices only say how many needs they would leave, nothing else has changed yet. */
const onlyCounts = () => document.getElementById("need-filter").getAttribute("hx-target") === "#show-needs";

/** After another choice: say how many there are now. Whoever took a chip away goes on from the count. */
function settleChange(byChip) {
  const count = document.getElementById("need-count");
  if (onlyCounts()) {
    statusLine().textContent = document.querySelector("#show-needs .with-scripts").textContent;
    return;
  }
  history.replaceState(null, "", document.getElementById("need-finder").dataset.here);
  // What was ticked by hand stays so, whatever the new page says, unless it is told.
  if (byChip) document.getElementById("need-filter").reset();
  if (byChip || document.activeElement === document.body) count.focus({ preventScroll: true });
  else statusLine().textContent = count.textContent;
}

/** No answer: say so, to the eye too, and let the choices be those of the list that stands. Words are not lost. */
function settleFailure() {
  statusLine().textContent = statusLine().dataset.failed;
  showFailure(true);
  if (onlyCounts()) return;
  const form = document.getElementById("need-filter");
  const words = form.elements.q.value;
  form.reset();
  form.elements.q.value = words;
}

function showFailure(failed) {
  if (!failed && !statusLine().matches(".need-failed")) return;
  if (!failed) statusLine().textContent = "";
  statusLine().classList.toggle("visually-hidden", !failed);
  statusLine().classList.toggle("need-failed", failed);
}

/** "Show 11 needs": they are there already, so the choices are folded away, and one goes on from the count. */
function leaveChoices() {
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-show-needs]") || onlyCounts()) return;
    document.getElementById("need-filters").open = false;
    document.getElementById("need-count").focus();
  });
}

/** The browser finds its place on the page by itself when one goes back, but not the link that one had followed. */
function rememberCard() {
  document.addEventListener("click", (event) => {
    const card = event.target.closest("#need-list [data-need-id]");
    if (card) history.replaceState({ ...history.state, card: card.dataset.needId }, "");
  });
}

function returnToCard() {
  const [arrival] = performance.getEntriesByType("navigation");
  const number = history.state?.card;
  if (arrival?.type !== "back_forward" || !number) return;
  document.querySelector(`#need-list [data-need-id="${CSS.escape(number)}"] h3 a`)?.focus({ preventScroll: true });
}
