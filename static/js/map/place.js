/** The small map on a need's page: a picture of where it is. The words and the link beside it say the same. */
import L from "leaflet";
import { drawingHtml, makeMap, pointOf } from "./base.js";

// Without tiles there are no streets to know again: the area and its neighbours say more.
const ZOOM_OF_AREAS = 11.5;
const PICTURE = {
  zoomable: false, dragging: false, touchZoom: false, scrollWheelZoom: false, doubleClickZoom: false, boxZoom: false, keyboard: false,
};

function showPlace(element) {
  const map = makeMap(element, PICTURE);
  if (!element.dataset.tiles) map.setView(pointOf(element.dataset.smallMap), ZOOM_OF_AREAS, { animate: false });
  const icon = L.divIcon({ className: "map-pin", html: drawingHtml(element, "place", 24), iconSize: [40, 40] });
  L.marker(pointOf(element.dataset.smallMap), { icon, interactive: false, keyboard: false }).addTo(map);
  const pin = L.bounds(map.getSize().divideBy(2).subtract([20, 20]), map.getSize().divideBy(2).add([20, 20]));
  map.outlines.taken = () => [pin];
}

export function showPlaces() {
  document.querySelectorAll("[data-small-map]").forEach(showPlace);
  document.querySelectorAll("[data-area-map]").forEach((element) => makeMap(element, PICTURE));
}
