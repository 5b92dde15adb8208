/** The outlines of the areas, and their names where there is room: the part of an area that is seen carries its name. */
import L from "leaflet";

const SIZES = [
  { className: "area-name", letter: 7.6, height: 18 },
  { className: "area-name area-name-small", letter: 6.4, height: 15 },
];
// So far out of its own area may a name reach, where it lies on nothing else.
const OVERHANG = 1.7;
const EDGE_PX = 6;
// Lines that are tried for a name, from the middle of what is seen outwards.
const LINES = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82, 0.1, 0.9];
const PANE = "areaNames";
const PANE_LEVEL = 450;

/** The areas on the map; without tiles, with their names. `taken` gives the boxes on the screen to keep clear of. */
export class Outlines {
  constructor(map, element) {
    this.map = map;
    this.isNamed = !element.dataset.tiles;
    this.taken = () => [];
    this.areas = [];
    map.createPane(PANE).style.zIndex = PANE_LEVEL;
    this.names = L.layerGroup().addTo(map);
    this.ready = this.load(element.dataset.outlines);
    map.on("moveend resize", () => this.name());
  }

  async load(address) {
    const response = await fetch(address).catch(() => null);
    if (!response?.ok) return;
    const drawn = L.geoJSON(await response.json(), {
      interactive: false,
      style: () => ({ className: "area-outline", weight: 1.5 }),
      onEachFeature: ({ properties }, layer) => this.areas.push({ ...properties, layer }),
    }).addTo(this.map);
    drawn.bringToBack();
    this.name();
  }

  boundsOf(key) {
    return this.areas.find((area) => area.key === key)?.layer.getBounds();
  }

  name() {
    this.names.clearLayers();
    if (!this.isNamed || !this.map.getSize().x) return;
    const seen = this.areas.map((area) => this.seen(area)).filter(Boolean).sort((one, other) => other.size - one.size);
    const middle = this.map.getSize().divideBy(2);
    const here = seen.find(({ rings }) => rings.some((ring) => isInside(middle, ring)));
    const taken = [...this.taken(), ...this.controls()];
    // What one stands in is always named; then the largest first.
    for (const area of here ? [here, ...seen.filter((other) => other !== here)] : seen) {
      const spot = spotFor(area, taken) ?? (area === here && anySpot(area));
      if (!spot) continue;
      taken.push(spot.box);
      this.put(area.name, spot);
    }
  }

  /** Where the buttons and the scale lie. */
  controls() {
    const frame = this.map.getContainer().getBoundingClientRect();
    return [...this.map.getContainer().querySelectorAll(".leaflet-control")].map((control) => {
      const { left, top, right, bottom } = control.getBoundingClientRect();
      return L.bounds([left - frame.left, top - frame.top], [right - frame.left, bottom - frame.top]);
    });
  }

  /** The part of an area that lies in the frame, in its pixels. */
  seen({ name, layer }) {
    if (!this.map.getBounds().intersects(layer.getBounds())) return null;
    const frame = L.bounds([EDGE_PX, EDGE_PX], this.map.getSize().subtract([EDGE_PX, EDGE_PX]));
    const rings = outerRings(layer)
      .map((ring) => L.PolyUtil.clipPolygon(ring.map((spot) => this.map.latLngToContainerPoint(spot)), frame))
      .filter((ring) => ring.length > 2);
    const size = rings.reduce((sum, ring) => { const { x, y } = L.bounds(ring).getSize(); return sum + x * y; }, 0);
    return rings.length ? { name, rings, size } : null;
  }

  put(name, { at, size }) {
    const icon = L.divIcon({ className: size.className, html: "<span></span>", iconSize: [0, 0] });
    const marker = L.marker(this.map.containerPointToLatLng(at), { icon, pane: PANE, interactive: false, keyboard: false }).addTo(this.names);
    marker.getElement().firstElementChild.textContent = name;
  }
}

function outerRings(layer) {
  const parts = layer.getLatLngs();
  return Array.isArray(parts[0][0]) ? parts.map(([outer]) => outer) : [parts[0]];
}

function isInside({ x, y }, ring) {
  return crossings(ring, y).some(([left, right]) => left <= x && x <= right);
}

/** Where a level line runs through the ring: from where to where. */
function crossings(ring, y) {
  const at = [];
  ring.forEach((one, number) => {
    const other = ring[(number + 1) % ring.length];
    if (one.y > y !== other.y > y) at.push(one.x + ((y - one.y) / (other.y - one.y)) * (other.x - one.x));
  });
  at.sort((one, other) => one - other);
  const spans = [];
  for (let number = 0; number + 1 < at.length; number += 2) spans.push([at[number], at[number + 1]]);
  return spans;
}

/** The widest stretch of each line that is tried, the widest first. */
function stretches(area) {
  return area.rings.flatMap((ring) => {
    const { min, max } = L.bounds(ring);
    return LINES.map((part) => {
      const y = min.y + part * (max.y - min.y);
      const [left, right] = crossings(ring, y).reduce((best, span) => (span[1] - span[0] > best[1] - best[0] ? span : best), [0, 0]);
      return { left, right, y, width: right - left, offMiddle: Math.abs(part - 0.5) };
    });
  }).filter(({ width }) => width > 0).sort((one, other) => other.width * (1 - other.offMiddle) - one.width * (1 - one.offMiddle));
}

function spotFor(area, taken) {
  const tried = stretches(area);
  for (const [overhang, sizes] of [[1, SIZES], [OVERHANG, SIZES.slice(1)]]) {
    for (const size of sizes) {
      const fitting = tried.filter(({ width }) => widthOf(area.name, size) <= width * overhang);
      const width = widthOf(area.name, size);
      for (const at of [...fitting.map(middleOf), ...fitting.flatMap((stretch) => endsOf(stretch, width))]) {
        const box = boxOf(area.name, at, size);
        if (!taken.some((other) => other.overlaps(box))) return { at, size, box };
      }
    }
  }
  return null;
}

function middleOf({ left, right, y }) {
  return L.point((left + right) / 2, y);
}

/** Where the name's middle is when it begins, or ends, where the stretch does. */
function endsOf({ left, right, y }, width) {
  return right - left > width ? [left + width / 2, right - width / 2].map((x) => L.point(x, y)) : [];
}

function anySpot(area) {
  const [stretch] = stretches(area);
  if (!stretch) return null;
  const at = middleOf(stretch);
  return { at, size: SIZES[1], box: boxOf(area.name, at, SIZES[1]) };
}

function widthOf(name, { letter }) {
  return name.length * letter + 4;
}

function boxOf(name, at, size) {
  const half = L.point(widthOf(name, size) / 2, size.height / 2);
  return L.bounds(at.subtract(half), at.add(half));
}
