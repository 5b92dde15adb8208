/** What a script can't put in place is done the plain way: an error or a sign-in page takes the whole window. */
export function fallBackToWholePages() {
  document.addEventListener("htmx:before:response", (event) => {
    const { response, sourceElement } = event.detail.ctx;
    if (event.defaultPrevented) return;
    if (!response.raw.redirected && response.status < 400) return;
    event.preventDefault();
    if (sourceElement.href) location.assign(sourceElement.href);
    else sourceElement.closest("form")?.submit();
  });
}
