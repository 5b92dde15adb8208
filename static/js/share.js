/** Sending on a page: [data-share] by the device's own sharing where it has one, else [data-copy] to be pasted. */
function isDismissed(error) {
  return error instanceof DOMException && error.name === "AbortError";
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  button.closest(".share").querySelector("[data-share-status]").textContent = button.dataset.copied;
}

async function share(button) {
  const { share: title, shareText: text, shareUrl: url } = button.dataset;
  try {
    await navigator.share({ title, text, url });
  } catch (error) {
    if (!isDismissed(error)) showCopying();
  }
}

function showCopying() {
  document.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = !navigator.clipboard; });
}

export function offerSharing() {
  document.querySelectorAll("[data-copy]").forEach((button) => button.addEventListener("click", () => copy(button)));
  document.querySelectorAll("[data-share]").forEach((button) => {
    button.hidden = !navigator.share;
    button.addEventListener("click", () => share(button));
  });
  if (!navigator.share) showCopying();
}
