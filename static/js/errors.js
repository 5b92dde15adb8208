/** A failed form: move focus to the summary, so that people hear and see what to put right. */
export function focusErrorSummary() {
  document.querySelector("[data-error-summary]")?.focus();
}
