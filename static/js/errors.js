/** A failed form: the summary has autofocus; where the browser doesn't follow it, move focus there. */
export function focusErrorSummary() {
  const summary = document.querySelector("[data-error-summary]");
  if (!summary) return;
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) summary.focus();
  });
}
