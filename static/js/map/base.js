/** What every map of ours has: the tiles that the settings name, or else the outlines of the areas alone. */
import L from "leaflet";
import { Outlines } from "./outlines.js";

export const ZOOM_MIN = 6;
export const ZOOM_MAX = 18;
// Closer than this there is nothing more to tell apart where no streets are drawn.
const ZOOM_MAX_OF_AREAS = 17;
const FRAME_PX = 8;
// So much of the municipality's own width and height is there to go on to around it, and no more.
const AROUND = 0.35;
const PLACE_DIGITS = 4;

// One finger scrolls the page; two move the map.
const byFinger = matchMedia("(pointer: coarse)").matches;
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
  const map = L.map(element, { minZoom: ZOOM_MIN, maxZoom: element.dataset.tiles ? ZOOM_MAX : ZOOM_MAX_OF_AREAS, zoomControl: false, attributionControl: false, zoomSnap: element.dataset.tiles ? 1 : 0.1, dragging: !byFinger, ...motion, ...options });
  leaveWheelToPage(element);
  const { tiles, attribution, zoomIn, zoomOut } = element.dataset;
  if (options.zoomable !== false) L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  if (tiles) {
    L.tileLayer(tiles, { maxZoom: ZOOM_MAX, attribution: escapeHtml(attribution) }).addTo(map);
    L.control.attribution({ prefix: false }).addTo(map);
    element.classList.add("has-tiles");
  }
  map.fitBounds(boxOf(element.dataset.box), { animate: false, padding: tiles ? [0, 0] : [FRAME_PX, FRAME_PX] });
  if (element.dataset.home) stayAround(map, boxOf(element.dataset.home).pad(AROUND));
  if (!tiles && options.zoomable !== false) L.control.scale({ imperial: false }).addTo(map);
  map.outlines = new Outlines(map, element);
  return map;
}

/** The wheel scrolls past the map; with Ctrl (or ⌘, or two fingers on a trackpad) it zooms. */
function leaveWheelToPage(element) {
  element.addEventListener("wheel", (event) => { if (!event.ctrlKey && !event.metaKey) event.stopImmediatePropagation(); }, { capture: true });
}

/** Nothing of ours lies farther away: whoever drags or zooms out comes back to it. */
function stayAround(map, bounds) {
  const farthest = () => map.setMinZoom(Math.max(ZOOM_MIN, Math.floor(map.getBoundsZoom(bounds))));
  map.setMaxBounds(bounds);
  map.options.maxBoundsViscosity = 0.9;
  map.on("resize", farthest);
  farthest();
}

function escapeHtml(text) {
  const safe = document.createElement("span");
  safe.textContent = text;
  return safe.innerHTML;
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
