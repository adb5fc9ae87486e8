/** The figures that the page plots, as it reads them from the metrics of an instance. */

/** Returns the values of a metric whose labels include those given. */
function valuesOf(values, name, labels = {}) {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return Object.entries(values)
    .filter(([key]) => (key === name || key.startsWith(`${name}{`)) && wanted.every((label) => key.includes(label)))
    .map(([, value]) => value);
}

export const sum = (values, name, labels) => valuesOf(values, name, labels).reduce((total, value) => total + value, 0);

/** Reads a gauge; undefined if this instance does not have it. */
const gauge = (name, labels) => (values) => (valuesOf(values, name, labels).length > 0 ? sum(values, name, labels) : undefined);

const highest = (name) => (values) => (valuesOf(values, name).length > 0 ? Math.max(...valuesOf(values, name)) : undefined);

/** Reads how much a counter grows per second; undefined at the first look. */
const rate = (name, labels) => (values, before, seconds) =>
  before && Math.max(0, sum(values, name, labels) - sum(before, name, labels)) / seconds;

/** Reads the mean of what a histogram got since the look before; undefined if it got nothing. */
const mean = (name) => (values, before) => {
  const count = before && sum(values, `${name}_count`) - sum(before, `${name}_count`);
  return count > 0 ? (sum(values, `${name}_sum`) - sum(before, `${name}_sum`)) / count : undefined;
};

const number = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
export const count = (n) => (n < 1000 ? number : whole).format(n);
const perSecond = (n) => `${count(n)}/s`;
const percent = (n) => `${count(n * 100)} %`;
export const bytes = (n) => (n < 1e6 ? `${number.format(n / 1e3)} kB` : `${count(n / 1e6)} MB`);

/** Writes seconds. */
export function time(s) {
  const [size, unit] = s < 1 ? [1e-3, "ms"] : s < 120 ? [1, "s"] : s < 7200 ? [60, "min"] : s < 172800 ? [3600, "h"] : [86400, "days"];
  return `${number.format(s / size)} ${unit}`;
}

const operations = "tandem_operation_duration_seconds";

/** Groups of figures. A figure is a title, how it is read and written, and a note. */
export const groups = [
  ["Clients", [
    ["Connections", gauge("tandem_connections"), count, "open sockets and streams"],
    ["Subscriptions", gauge("tandem_subscriptions"), count, "to changes and presence"],
    ["Catching up", gauge("tandem_members_behind"), count, "subscriptions that are behind"],
    ["Present", gauge("tandem_presence_clients"), count, "clients in rooms"],
    ["Limits hit", rate("tandem_limited_total"), perSecond, "refused by a rate limit or a bound"],
  ]],
  ["Operations", [
    ["Operations", rate(`${operations}_count`), perSecond, "queries, mutations, new subscriptions"],
    ["Time of an operation", mean(operations), time, "mean, from arrival to response"],
    ["Refused operations", rate(`${operations}_count`, { status: "refused" }), perSecond, "by a rule"],
    ["Failed operations", rate(`${operations}_count`, { status: "failed" }), perSecond, "by a fault of the server"],
  ]],
  ["Changes", [
    ["Written", rate("tandem_changes_total"), perSecond, "changes, by this instance"],
    ["Rendered", rate("tandem_executions_total"), perSecond, "events, each for all its members"],
    ["Delivered", rate("tandem_deliveries_total"), perSecond, "events handed to subscriptions"],
    ["Delay", mean("tandem_announcement_to_delivery_seconds"), time, "mean, from announcement to delivery"],
    ["Waiting for a turn", gauge("tandem_turns", { state: "waiting" }), count, "renderings, catch-ups, reads of the log"],
    ["Read by stragglers", rate("tandem_log_catch_up_changes_total"), perSecond, "changes from the log"],
    ["Not announced", rate("tandem_ring_holes_filled_total"), perSecond, "changes that rings read from the log"],
  ]],
  ["Database and queue", [
    ["Connections in use", gauge("tandem_database_connections", { state: "used" }), count, "of the database pool"],
    ["Waits for a connection", rate("tandem_database_waits_total"), perSecond, "calls"],
    ["Due jobs", gauge("tandem_queue_jobs"), count, "messages and digests, of all instances"],
    ["Oldest due job", highest("tandem_queue_oldest_seconds"), time, "how long it has been due"],
  ]],
  ["Process", [
    ["Memory", gauge("process_resident_memory_bytes"), bytes, "resident"],
    ["CPU", rate("process_cpu_seconds_total"), percent, "of one core"],
    ["Goroutines", gauge("go_goroutines"), count, "running or waiting"],
  ]],
];

/** Returns sentences about what is wrong now. */
export function troublesOf(values) {
  const isDown = (name) => valuesOf(values, name).includes(0);
  return [
    isDown("tandem_database_up") && "The database does not answer.",
    isDown("tandem_redis_up") && "Redis does not answer.",
    isDown("tandem_nats_up") && "NATS does not answer.",
    sum(values, "tandem_overloaded", { cause: "memory" }) > 0 && "New connections are refused because of memory.",
    sum(values, "tandem_overloaded", { cause: "latency" }) > 0 && "New connections are refused because events are late.",
    sum(values, "tandem_overloaded", { cause: "handshakes" }) > 0 && "New connections are refused because many have not signed in.",
    sum(values, "tandem_draining") > 0 && "The instance is stopping.",
  ].filter(Boolean);
}
