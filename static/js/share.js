/** [data-share] is a link to the page itself; with script it shares natively, or copies the address. */
function isDismissed(error) {
  return error instanceof DOMException && error.name === "AbortError";
}

async function copy(url, link) {
  await navigator.clipboard.writeText(url);
  const status = link.parentElement.querySelector("[data-share-status]");
  if (status) status.textContent = link.dataset.copied ?? "";
}

async function share(link) {
  const url = new URL(link.href, location.href).href;
  if (!navigator.share) return copy(url, link);
  try {
    await navigator.share({ title: link.dataset.share || document.title, url });
  } catch (error) {
    if (!isDismissed(error)) await copy(url, link);
  }
}

export function offerSharing() {
  document.querySelectorAll("a[data-share]").forEach((link) => {
    link.hidden = false;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      share(link).catch(() => { location.href = link.href; });
    });
  });
}
