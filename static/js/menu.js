/** The phone menu closes on Escape and gives focus back to its button. */
export function closeMenuOnEscape() {
  const menu = document.querySelector("details.menu");
  menu?.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
