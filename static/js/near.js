/** "Near me" on the list of needs: the browser tells where, to about a hundred metres, and the list is asked for that. */
const DIGITS = 3;
const LOCATE = { timeout: 15000, maximumAge: 300000 };

function offer(part) {
  const [button, says] = [part.querySelector("button"), part.querySelector("[role=status]")];
  part.hidden = false;
  button.addEventListener("click", () => {
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
  });
}

export function offerNearMe() {
  if (navigator.geolocation) document.querySelectorAll("[data-near-me]").forEach(offer);
}
