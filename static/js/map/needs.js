/** The map of needs: the server says what to show of each part, and the list beside the map says the same. */
import L from "leaflet";
import { boxOf, drawingHtml, makeButton, makeMap } from "./base.js";

const REST_MS = 200;

function boxText(bounds) {
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((degrees) => degrees.toFixed(4)).join(",");
}

class NeedMap {
  constructor(element) {
    this.element = element;
    this.words = element.dataset;
    element.closest("[data-with-script]").hidden = false;
    const heading = document.querySelector("[data-map-heading]");
    heading.textContent = heading.dataset.mapHeading;
    this.ways = document.querySelector("[data-map-ways]");
    this.summary = document.querySelector("[data-map-summary]");
    this.list = document.querySelector("[data-map-list]");
    this.templates = { need: document.querySelector("[data-map-need]"), many: document.querySelector("[data-map-many]") };
    this.map = makeMap(element);
    this.marks = L.layerGroup().addTo(this.map);
    this.map.outlines.taken = () => this.marks.getLayers().map((marker) => this.boxOf(marker));
    this.map.on("moveend", () => this.soon());
    this.load();
  }

  boxOf(marker) {
    const at = this.map.latLngToContainerPoint(marker.getLatLng());
    const half = L.point(marker.options.icon.options.iconSize).divideBy(2);
    return L.bounds(at.subtract(half), at.add(half));
  }

  soon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.load(), REST_MS);
  }

  async load() {
    const box = boxText(this.map.getBounds());
    this.asking?.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    const asked = new URLSearchParams(this.words.query);
    asked.set("boks", box);
    const shown = asked.toString();
    asked.set("zoom", String(Math.floor(this.map.getZoom())));
    asked.set("sprak", this.words.language);
    try {
      // Only what is one's own is not the same for all.
      const credentials = asked.has("mine") ? "same-origin" : "omit";
      const response = await fetch(`${this.words.needMap}?${asked}`, { signal, credentials });
      if (!response.ok) throw new Error(String(response.status));
      this.show(await response.json());
      if (this.moved) this.keep(box, shown);
      this.moved = true;
    } catch (error) {
      if (error.name !== "AbortError") this.summary.textContent = this.words.failed;
    }
  }

  /** Other filters are then asked for where the map is. */
  keep(box, query) {
    history.replaceState(history.state, "", `?${query}`);
    const field = document.querySelector("[data-map-box]");
    field.disabled = false;
    field.value = box;
    this.ways.querySelector("[data-map-whole]").hidden = false;
    this.offerWays();
    document.querySelectorAll(".chip-removable, [data-keeps-box]").forEach((chip) => {
      const address = new URL(chip.href);
      address.searchParams.set("boks", box);
      chip.href = address;
    });
  }

  /** On from where nothing is found, and back from a part to the whole. */
  offerWays() {
    this.ways.hidden = [...this.ways.children].every((way) => way.hidden);
  }

  show({ total, summary, features, listed }) {
    const held = document.activeElement?.dataset?.markName;
    this.marks.clearLayers();
    features.forEach((feature) => this.mark(feature, listed));
    this.summary.textContent = summary;
    this.ways.querySelectorAll("[data-map-none]").forEach((way) => { way.hidden = total > 0; });
    this.offerWays();
    this.map.outlines.name();
    const rows = listed ?? features.map(({ properties }) => properties);
    this.list.replaceChildren(...rows.map((row) => this.row(row)));
    this.holdFocus(held);
  }

  /** Who stood on something that is drawn anew stands on it still; if it is gone, on the map. */
  holdFocus(name) {
    if (!name) return;
    const same = [...this.element.querySelectorAll("[data-mark-name]")].find((mark) => mark.dataset.markName === name);
    (same ?? this.element).focus();
  }

  mark({ geometry, properties }, listed) {
    const [lng, lat] = geometry.coordinates;
    const isOne = properties.id !== undefined;
    const name = properties.action;
    const marker = L.marker([lat, lng], { icon: isOne ? this.pin(properties) : this.cluster(properties), title: isOne ? properties.title : properties.name });
    makeButton(marker, name, () => (isOne ? this.open(marker, [properties]) : this.openMany(marker, properties, listed)));
    marker.on("add", () => { marker.getElement().dataset.markName = name; });
    marker.addTo(this.marks);
  }

  pin({ drawing, state }) {
    return L.divIcon({ className: `map-pin map-pin-${state.replace("_", "-")}`, html: drawingHtml(this.element, drawing, 24), iconSize: [40, 40] });
  }

  cluster({ count }) {
    const size = count < 10 ? 44 : count < 100 ? 52 : count < 1000 ? 60 : 72;
    return L.divIcon({ className: "map-cluster", html: `<span>${count.toLocaleString(this.words.language)}</span>`, iconSize: [size, size] });
  }

  /** Closer, while that parts them; at the closest, all of them in words. */
  openMany(marker, { box, needs, count, near }, listed) {
    const bounds = boxOf(box.join(","));
    const closer = this.map.getBoundsZoom(bounds) > this.map.getZoom() + 0.1;
    if (closer && this.map.getZoom() < this.map.getMaxZoom()) {
      this.element.focus({ preventScroll: true });
      this.map.fitBounds(bounds);
      return;
    }
    const known = (listed ?? []).filter(({ id }) => needs.includes(id));
    this.open(marker, known, known.length < count ? this.listNear(near) : null);
  }

  /** The list that asks for the same, the nearest to the mark first. */
  listNear(near) {
    const asked = new URLSearchParams(this.words.query);
    asked.set("nar", near);
    return `${this.words.list}?${asked}`;
  }

  open(marker, needs, listUrl = null) {
    const content = document.createElement("div");
    const list = document.createElement("ul");
    list.className = "map-items";
    list.append(...needs.map((need) => this.row(need)));
    content.append(list);
    if (listUrl) {
      const link = document.createElement("a");
      link.href = listUrl;
      link.className = "text-link";
      link.textContent = this.words.inList;
      content.append(link);
    }
    const popup = L.popup({ autoPanPadding: [16, 16], maxHeight: 260, minWidth: 220, maxWidth: 300, closeButton: false, offset: [0, -14] }).setLatLng(marker.getLatLng()).setContent(content);
    // By its name: the map may have moved to show the words, and drawn the mark anew.
    const name = marker.getElement().dataset.markName;
    popup.on("remove", () => this.holdFocus(name));
    content.addEventListener("keydown", (event) => { if (event.key === "Escape") this.map.closePopup(popup); });
    popup.openOn(this.map);
    content.querySelector("a")?.focus();
  }

  row(properties) {
    const isNeed = properties.id !== undefined;
    const row = (isNeed ? this.templates.need : this.templates.many).content.firstElementChild.cloneNode(true);
    const link = row.querySelector("a");
    link.href = properties.url;
    link.textContent = isNeed ? properties.title : properties.name;
    if (!isNeed) return row;
    row.querySelector("use").setAttribute("href", `${this.words.drawings}#${properties.drawing}`);
    row.querySelector("[data-state]").textContent = properties.state_words;
    row.querySelector("[data-area]").textContent = properties.area;
    row.querySelector("[data-facts]").textContent = properties.facts;
    return row;
  }
}

export function showNeeds() {
  document.querySelectorAll("[data-need-map]").forEach((element) => new NeedMap(element));
}
