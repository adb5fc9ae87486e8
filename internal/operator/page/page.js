import { bytes, count, groups, sum, time, troublesOf } from "./figures.js";
import { Plot, element } from "./plot.js";

/** How often the page reads the state, and how long it waits for an answer, in ms. */
const every = 2000;
const patience = 10_000;

const plots = groups.flatMap(([title, figures]) => {
  const ofGroup = figures.map((figure) => new Plot(...figure));
  const section = element("section");
  const grid = element("div", "", "grid");
  grid.append(...ofGroup.map((plot) => plot.box));
  section.append(element("h2", title), grid);
  document.querySelector("#plots").append(section);
  return ofGroup;
});

/** The columns of a table: a title, what is shown of a row, and whether that is text. */
const broadcastColumns = [
  ["Operation", (b) => b.Operation, true],
  ["Organization", (b) => b.OrgID, true],
  ["Members", (b) => count(b.Members)],
  ["Live", (b) => count(b.Live)],
  ["Kept events", (b) => count(b.Events)],
  ["Kept", (b) => bytes(b.Bytes)],
  ["Busy for", (b) => (b.Busy ? time(b.Busy / 1e9) : "–")],
];
const ringColumns = [
  ["Organization", (r) => r.OrgID, true],
  ["Followers", (r) => count(r.Followers)],
  ["Kept changes", (r) => count(r.Changes)],
  ["Kept", (r) => bytes(r.Bytes)],
  ["Position", (r) => count(r.Head)],
  ["Missing", (r) => count(r.Missing)],
];

function fill(id, columns, rows, none) {
  const head = element("tr");
  for (const [title, , isText] of columns) {
    const cell = element("th", title, isText ? "text" : "");
    cell.scope = "col";
    head.append(cell);
  }
  const lines = rows.map((row) => {
    const line = element("tr");
    line.append(...columns.map(([, show, isText]) => cellOf(show(row), isText)));
    return line;
  });
  if (rows.length === 0) {
    const cell = cellOf(none, true);
    cell.colSpan = columns.length;
    lines.push(element("tr"));
    lines[0].append(cell);
  }
  document.querySelector(id).replaceChildren(head, ...lines);
}

function cellOf(text, isText) {
  const cell = element("td", text, isText ? "text" : "");
  if (isText) cell.title = text; // which the cell may cut off
  return cell;
}

/** Shows what is wrong. It leaves the list as it is while nothing changes, or screen readers would read it each time. */
function showTroubles(sentences) {
  const list = document.querySelector("#troubles");
  if (list.textContent !== sentences.join("")) list.replaceChildren(...sentences.map((sentence) => element("li", sentence)));
}

let before;

function show(state) {
  const now = Date.parse(state.Now);
  const started = (values) => sum(values, "process_start_time_seconds");
  const isSame = before && started(before.Values) === started(state.Values);
  const seconds = isSame ? (now - Date.parse(before.Now)) / 1000 : 0;
  for (const plot of plots) plot.add(plot.read(state.Values, seconds > 0 ? before.Values : undefined, seconds));
  const upFor = `up for ${time(Math.max(0, now / 1000 - started(state.Values)))}`;
  document.querySelector("#about").textContent = [location.host, state.Version, state.Region, upFor].filter(Boolean).join(" · ");
  fill("#broadcasts", broadcastColumns, state.Broadcasts, "Nobody follows changes on this instance.");
  fill("#rings", ringColumns, state.Rings, "Nobody follows an organization on this instance.");
  showTroubles(troublesOf(state.Values));
  before = state;
}

async function look() {
  try {
    const answer = await fetch("/debug/tandem/state", { signal: AbortSignal.timeout(patience) });
    if (!answer.ok) throw new Error(await answer.text());
    show(await answer.json());
  } catch (error) {
    showTroubles([`The instance does not answer (${error.message}). The page tries again every ${time(every / 1000)}.`]);
    for (const plot of plots) plot.add(undefined);
  }
  setTimeout(look, every);
}

document.title = `Tandem ${location.host}`;
void look();
