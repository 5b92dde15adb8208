/** "Near me" on the list of needs: the browser tells where, to about a hundred metres, and the list is asked for that. */
const DIGITS = 3;
const LOCATE = { timeout: 15000, maximumAge: 300000 };

function locate(part) {
  const says = part.querySelector("[role=status]");
  says.textContent = part.dataset.looking;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const url = new URL(part.dataset.nearMe, location.href);
      url.searchParams.set("nar", `${coords.latitude.toFixed(DIGITS)},${coords.longitude.toFixed(DIGITS)}`);
      location.assign(url);
    },
    (error) => { says.textContent = error.code === error.PERMISSION_DENIED ? part.dataset.denied : part.dataset.nowhere; },
    LOCATE,
  );
}

function show() {
  document.querySelectorAll("[data-near-me]").forEach((part) => { part.hidden = false; });
}

export function offerNearMe() {
  if (!navigator.geolocation) return;
  show();
  // A list that is changed in place comes with it hidden.
  document.addEventListener("htmx:after:swap", show);
  document.addEventListener("click", (event) => {
    const part = event.target.closest("[data-near-me] button")?.closest("[data-near-me]");
    if (part) locate(part);
  });
}
