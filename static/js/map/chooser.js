/** Choosing the place of a need: by a click, by an address, by the keyboard, or by where one is. */
import L from "leaflet";
import { drawingHtml, makeMap, pointOf, pointText } from "./base.js";

const REST_MS = 400;
// Of a map with streets to go by; of one with areas alone, so that the neighbours are still seen.
const NEAR_ZOOM = 14;
const NEAR_ZOOM_OF_AREAS = 12;
const CLOSER = 2;
// Of an arrow key; with shift, three times as far.
const STEP_PX = 20;
const LOCATE = { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 };
// Half of the cross, and of the mark that may lie under it.
const CROSS_PX = 24;
const AROUND_AREA_PX = [24, 24];
const MOVES = new Set(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "+", "-", "=", "_"]);

class Chooser {
  constructor(part) {
    this.part = part;
    this.words = part.dataset;
    this.point = part.closest("form").querySelector("input[name=point]");
    this.area = part.closest("form").querySelector("select[name=area]");
    this.says = part.querySelector("[data-place-words]");
    this.under = part.querySelector("[data-under-cross]");
    this.remove = part.querySelector("[data-remove-place]");
    this.areaIsOurs = this.area.value === "";
    this.differs = part.querySelector("[data-area-differs]");
    part.querySelectorAll("[data-with-script]").forEach((shown) => { shown.hidden = false; });
    this.element = part.querySelector("[data-map]");
    this.map = makeMap(this.element, { keyboardPanDelta: STEP_PX });
    this.map.outlines.taken = () => [this.boxOfCross()];
    this.nearZoom = this.element.dataset.tiles ? NEAR_ZOOM : NEAR_ZOOM_OF_AREAS;
    this.marker = null;
    if (this.point.value) {
      this.map.setView(pointOf(this.point.value), this.nearZoom, { animate: false });
      this.mark(pointOf(this.point.value));
    }
    this.listen();
    this.offerLocation();
    this.offerAddresses();
  }

  listen() {
    this.map.on("click", (event) => {
      if (this.map.getZoom() < this.nearZoom) this.map.setView(event.latlng, this.nearZoom, { animate: false });
      this.choose(event.latlng);
    });
    this.element.addEventListener("keydown", (event) => this.onKey(event));
    this.element.addEventListener("focus", () => {
      this.byKeyboard = this.element.matches(":focus-visible");
      if (this.byKeyboard) this.tellUnderCross();
    });
    this.map.on("moveend", () => { if (this.byKeyboard) this.tellUnderCross(); });
    this.remove.addEventListener("click", (event) => {
      event.preventDefault();
      this.clear();
    });
    this.area.addEventListener("change", () => this.onArea());
    this.differs.querySelector("button").addEventListener("click", (event) => {
      event.preventDefault();
      this.takeArea();
    });
  }

  boxOfCross() {
    const middle = this.map.getSize().divideBy(2);
    return L.bounds(middle.subtract([CROSS_PX, CROSS_PX]), middle.add([CROSS_PX, CROSS_PX]));
  }

  /** What is chosen by hand stands; where nothing is chosen on the map yet, the map goes there. */
  async onArea() {
    this.areaIsOurs = this.area.value === "";
    const bounds = this.map.outlines.boundsOf(this.area.value);
    if (!this.point.value && bounds) this.map.fitBounds(bounds, { padding: AROUND_AREA_PX });
    const point = this.point.value;
    const told = point ? await this.ask(point) : null;
    if (this.point.value === point) this.compare(told);
  }

  /** Whether the place and the area say the same. */
  compare(told) {
    const chosen = this.area.selectedOptions[0];
    const isOther = Boolean(told?.area && this.area.value && this.area.value !== told.area && this.optionOf(told.area));
    this.differs.hidden = !isOther;
    this.placeArea = isOther ? told.area : null;
    const fill = (words) => words.replace("{place}", told.name).replace("{chosen}", chosen.textContent.trim());
    this.differs.querySelector("[data-area-words]").textContent = isOther ? fill(this.words.differs) : "";
    if (isOther) this.differs.querySelector("button").textContent = fill(this.words.take);
  }

  optionOf(key) {
    return this.area.querySelector(`option[value="${CSS.escape(key)}"]`);
  }

  async takeArea() {
    const key = this.placeArea ?? (await this.ask(this.point.value))?.area;
    if (!key || !this.optionOf(key)) return;
    this.area.value = key;
    this.areaIsOurs = true;
    this.compare(null);
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
    this.area.focus();
  }

  onKey(event) {
    if (event.target !== this.element) return;
    if (MOVES.has(event.key)) this.byKeyboard = true;
    if (event.key !== "Enter") return;
    event.preventDefault();
    this.choose(this.map.getCenter());
  }

  /** In words what lies under the cross, once the map has come to rest. */
  tellUnderCross() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(async () => {
      const told = await this.ask(pointText(this.map.getCenter()));
      if (told) this.under.textContent = `${this.words.under} ${told.words}`;
    }, REST_MS);
  }

  async ask(point) {
    const response = await fetch(`${this.words.wordsUrl}?punkt=${point}`).catch(() => null);
    return response?.ok ? response.json() : null;
  }

  async choose(latlng) {
    const point = pointText(latlng);
    clearTimeout(this.waiting);
    this.under.textContent = "";
    this.mark(latlng);
    this.keep(point);
    const told = await this.ask(point);
    if (this.point.value !== point) return;
    if (told?.outside) this.say(told.words, { isWrong: true });
    else this.say(told ? `${this.words.chosen} ${told.words}` : `${this.words.chosen} ${point}`);
    if (told?.area && this.areaIsOurs && this.optionOf(told.area)) this.area.value = told.area;
    this.compare(told);
  }

  mark(latlng) {
    if (this.marker) {
      this.marker.setLatLng(latlng);
    } else {
      const icon = L.divIcon({ className: "map-pin map-pin-chosen", html: drawingHtml(this.element, "place", 28), iconSize: [48, 48] });
      this.marker = L.marker(latlng, { icon, draggable: true, autoPan: true, keyboard: false, title: this.words.marker }).addTo(this.map);
      this.marker.on("dragend", () => this.choose(this.marker.getLatLng()));
    }
    this.remove.hidden = false;
    if (!this.map.getBounds().contains(latlng)) this.map.panTo(latlng);
  }

  keep(point) {
    this.point.value = point;
    this.part.querySelectorAll("input[name=found_point]").forEach((radio) => { if (radio.value !== point) radio.checked = false; });
    this.point.dispatchEvent(new Event("input", { bubbles: true }));
  }

  clear() {
    this.marker?.remove();
    this.marker = null;
    this.keep("");
    if (this.areaIsOurs) this.area.value = "";
    this.compare(null);
    this.say(this.words.removed);
    this.element.focus();
    this.remove.hidden = true;
  }

  say(words, { isWrong = false } = {}) {
    this.says.classList.toggle("is-wrong", isWrong);
    this.says.classList.toggle("is-empty", words === "");
    this.says.textContent = words;
  }

  offerLocation() {
    const button = this.part.querySelector("[data-locate]");
    if (!navigator.geolocation) return;
    button.hidden = this.part.querySelector("[data-locate-hint]").hidden = false;
    button.addEventListener("click", () => {
      this.say(this.words.looking);
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => this.found(coords),
        (error) => this.say(error.code === error.PERMISSION_DENIED ? this.words.denied : this.words.nowhere),
        LOCATE,
      );
    });
  }

  async found({ latitude, longitude }) {
    const here = L.latLng(latitude, longitude);
    const isNear = latitude > 57 && latitude < 81.5 && longitude > 2 && longitude < 34;
    const told = isNear ? await this.ask(pointText(here)) : null;
    if (!isNear || told?.outside) return this.say(this.words.abroad);
    this.map.setView(here, this.nearZoom + CLOSER, { animate: false });
    return this.choose(here);
  }

  offerAddresses() {
    const field = this.part.querySelector("[data-address]");
    const found = this.part.querySelector("[data-found-addresses]");
    if (!field) return;
    const search = (event) => {
      event.preventDefault();
      this.search(field.value, found);
    };
    this.part.querySelector("[data-find-address]").addEventListener("click", search);
    field.addEventListener("keydown", (event) => { if (event.key === "Enter") search(event); });
    found.addEventListener("change", ({ target }) => {
      if (target.name !== "found_point") return;
      const latlng = pointOf(target.value);
      this.map.setView(latlng, this.nearZoom + CLOSER, { animate: false });
      this.choose(latlng);
    });
  }

  async search(words, found) {
    if (!words.trim()) return;
    this.say(this.words.searching);
    const response = await fetch(`${this.words.addressesUrl}?sok=${encodeURIComponent(words)}`).catch(() => null);
    this.say(response?.ok ? "" : this.words.failed);
    if (response?.ok) found.innerHTML = await response.text();
  }
}

export function choosePlaces() {
  document.querySelectorAll("[data-place-chooser]").forEach((part) => new Chooser(part));
}
