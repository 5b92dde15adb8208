/** [data-opened-url] on a page that a mail led to: says once that it was opened, and takes the mark out of the address. */
export function noteOpening() {
  const page = document.querySelector("[data-opened-url]");
  const address = new URL(location.href);
  const mark = address.searchParams.get("fra");
  if (!page || !mark) return;
  address.searchParams.delete("fra");
  history.replaceState(history.state, "", address);
  const body = new URLSearchParams({ fra: mark });
  fetch(page.dataset.openedUrl, { method: "POST", body, credentials: "omit", keepalive: true }).catch(() => {});
}
