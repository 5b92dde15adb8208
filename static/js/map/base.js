/** What every map of ours has: the tiles that the settings name, or else the outlines of the areas alone. */
import L from "leaflet";

export const ZOOM_MIN = 6;
export const ZOOM_MAX = 18;
const LETTER_PX = 8.5;
const PLACE_DIGITS = 4;

export const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

export function boxOf(text) {
  const [west, south, east, north] = text.split(",").map(Number);
  return L.latLngBounds([south, west], [north, east]);
}

/** A point as the server writes it: with no zeros at its end. */
export function pointText({ lat, lng }) {
  return [lat, lng].map((degrees) => Number(degrees.toFixed(PLACE_DIGITS))).join(",");
}

export function pointOf(text) {
  const [lat, lng] = text.split(",").map(Number);
  return L.latLng(lat, lng);
}

/** A drawing of ours as HTML for an icon; its name is one of our own files. */
export function drawingHtml(element, name, size) {
  return `<svg class="drawing" width="${size}" height="${size}" aria-hidden="true" focusable="false"><use href="${element.dataset.drawings}#${name}"></use></svg>`;
}

export function makeMap(element, options = {}) {
  const motion = still ? { zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, inertia: false } : {};
  const map = L.map(element, { minZoom: ZOOM_MIN, maxZoom: ZOOM_MAX, zoomControl: false, attributionControl: false, zoomSnap: element.dataset.tiles ? 1 : 0.5, ...motion, ...options });
  const { tiles, attribution, zoomIn, zoomOut } = element.dataset;
  if (options.zoomable !== false) L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  if (tiles) {
    L.tileLayer(tiles, { maxZoom: ZOOM_MAX, attribution: escapeHtml(attribution) }).addTo(map);
    L.control.attribution({ prefix: false }).addTo(map);
    element.classList.add("has-tiles");
  }
  map.fitBounds(boxOf(element.dataset.box), { animate: false });
  drawOutlines(map, element);
  return map;
}

function escapeHtml(text) {
  const safe = document.createElement("span");
  safe.textContent = text;
  return safe.innerHTML;
}

async function drawOutlines(map, element) {
  const response = await fetch(element.dataset.outlines).catch(() => null);
  if (!response?.ok) return;
  const areas = L.geoJSON(await response.json(), {
    interactive: false,
    style: () => ({ className: "area-outline", weight: 1.5 }),
    onEachFeature: (feature, area) => {
      area.bindTooltip(escapeHtml(feature.properties.name), { permanent: true, direction: "center", className: "area-name", interactive: false });
    },
  }).addTo(map);
  areas.bringToBack();
  const nameWhereRoom = () => areas.eachLayer((area) => nameIfRoom(map, area));
  map.on("zoomend", nameWhereRoom);
  nameWhereRoom();
}

/** A name that is wider than its area would lie on its neighbours'. */
function nameIfRoom(map, area) {
  const name = area.getTooltip()?.getElement();
  if (!name) return;
  const bounds = area.getBounds();
  const width = map.latLngToContainerPoint(bounds.getNorthEast()).x - map.latLngToContainerPoint(bounds.getSouthWest()).x;
  name.classList.toggle("without-room", width < name.textContent.length * LETTER_PX);
}

/** Leaflet makes its markers buttons; this gives them a name and lets Enter and space press them. */
export function makeButton(marker, name, press) {
  marker.on("click", press);
  marker.on("add", () => {
    const element = marker.getElement();
    element.setAttribute("aria-label", name);
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      press();
    });
  });
}
