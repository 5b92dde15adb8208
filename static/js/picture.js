/** Says that a picture is too large before it is sent, so that nothing else in the form is lost. */
function isTooLarge(field) {
  return [...field.files].some((file) => file.size > Number(field.dataset.maxBytes));
}

function messageOf(field) {
  const known = document.getElementById(`${field.id}-error`);
  if (known) return known;
  const message = document.createElement("p");
  message.className = "ds-validation-message";
  message.dataset.field = "validation";
  message.id = `${field.id}-error`;
  message.setAttribute("aria-live", "polite");
  field.after(message);
  field.setAttribute("aria-describedby", `${message.id} ${field.getAttribute("aria-describedby") ?? ""}`.trim());
  return message;
}

function show(field) {
  const tooLarge = isTooLarge(field);
  const message = messageOf(field);
  message.textContent = tooLarge ? field.dataset.tooLarge : "";
  message.hidden = !tooLarge;
  if (tooLarge) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

export function weighPictures() {
  document.querySelectorAll("input[data-max-bytes]:not([data-pictures] input)").forEach((field) => {
    field.addEventListener("change", () => show(field));
    field.form.addEventListener("submit", (event) => {
      if (!isTooLarge(field)) return;
      event.preventDefault();
      show(field);
      field.focus();
    });
  });
}
