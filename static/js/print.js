/** Shows the buttons that print the page. Without scripts the browser's own menu does. */
export function offerPrinting() {
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });
}
