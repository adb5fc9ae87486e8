const minute = 60_000;

/** How far back plots go, in ms: the first of these that shows all points, or the last. */
const spans = [minute, 2 * minute, 5 * minute, 10 * minute];

export function element(name, text = "", className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

/** Returns the first of 1, 2, 5, 10, 20, … that is not below a number, so that the scale of a plot seldom changes. */
function roundUp(n) {
  const power = 10 ** Math.floor(Math.log10(n));
  return [1, 2, 5, 10].map((factor) => factor * power).find((rounded) => rounded >= n) ?? n;
}

/** A plot of a figure over the last minutes, from 0 to a round number. */
export class Plot {
  points = [];
  value = element("b", "–");
  most = element("span", "", "most");
  line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  from = element("span");
  box = element("figure");

  constructor(title, read, write, note) {
    Object.assign(this, { read, write });
    const svg = document.createElementNS(this.line.namespaceURI, "svg");
    svg.setAttribute("viewBox", "0 0 1 1");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    svg.append(this.line);
    const caption = element("figcaption", title);
    caption.append(this.value);
    const frame = element("div", "", "frame");
    frame.append(svg, this.most, element("span", "0", "least"));
    const axis = element("div", "", "axis");
    axis.append(this.from, element("span", "now"));
    this.box.append(caption, element("small", note), frame, axis);
  }

  /** Adds what is known now; undefined interrupts the line. The clock is the browser's: a failed look has no time of the server. */
  add(value) {
    const at = performance.now();
    this.points = [...this.points.filter((point) => point.at > at - spans.at(-1)), { at, value }];
    this.value.textContent = value === undefined ? "–" : this.write(value);
    const span = spans.find((long) => long >= at - this.points[0].at) ?? spans.at(-1);
    this.from.textContent = `${span / minute} min ago`;
    const most = roundUp(Math.max(...this.points.map((point) => point.value ?? 0)) || 1);
    this.most.textContent = this.write(most);
    const placed = this.points.map((point) => ({ x: 1 - (at - point.at) / span, y: point.value === undefined ? undefined : 1 - point.value / most }));
    this.line.setAttribute("d", pathOf(placed));
  }
}

/** Returns a line through points, with a gap where y is undefined. */
function pathOf(points) {
  let isDrawing = false;
  return points.map(({ x, y }) => {
    const step = y === undefined ? "" : `${isDrawing ? "L" : "M"}${x} ${y}`;
    isDrawing = y !== undefined;
    return step;
  }).join("");
}
