import { fieldsOf, type Field, type Subscribed } from "./document.js";
import { argumentList, type Plan } from "./plan.js";

type State = Record<string, unknown> & { totalCount: number };

/** Replaces `presence` by `heartbeat`, or by its query for those who only watch. Every look is a snapshot. */
export function presencePlan(subscribed: Subscribed, variables: Readonly<Record<string, unknown>>): Plan {
  const { root } = subscribed;
  const [room, clientId, state] = ["room", "clientId", "state"].map((name) => root.args.get(name));
  const present = clientId !== undefined && clientId !== "null" && variables[clientId.slice(1)] !== null;
  const body = (first: boolean) => {
    const args = argumentList(present ? { room, clientId, state: first ? state : undefined } : { room });
    return `state: ${present ? "heartbeat" : "presence"}${args} { ${stateSelection(root)} }`;
  };
  const kind = present ? "mutation" : "query";
  // A subscription may declare the client as optional, and the mutations may not.
  const declared = present && clientId.startsWith("$") ? `${clientId}: ID!` : "";
  let first = true;
  let shown = "";

  return {
    beats: present,
    async look(ask) {
      const answer = await ask({ query: subscribed.operation(kind, body(first), declared), variables });
      first = false;
      const text = JSON.stringify(answer);
      if (text === shown) return { events: [] };
      shown = text;
      return { events: [{ [root.alias]: updateOf(root, answer["state"] as State) }] };
    },
    async leave(ask) {
      if (present) await ask({ query: subscribed.operation("mutation", `leaveRoom${argumentList({ room, clientId })}`, declared), variables });
    },
  };
}

/** Replaces `presences` by a query of all its rooms. */
export function presencesPlan(subscribed: Subscribed, variables: Readonly<Record<string, unknown>>): Plan | undefined {
  const { root } = subscribed;
  const argument = root.args.get("rooms") ?? "";
  const rooms = argument.startsWith("$") ? variables[argument.slice(1)] : (argument.match(/"(?:\\.|[^"\\])*"/g) ?? []).map((text) => JSON.parse(text) as unknown);
  if (!Array.isArray(rooms)) return undefined;
  const body = rooms.map((room, n) => `r${n}: presence(room: ${JSON.stringify(room)}) { ${stateSelection(root)} }`).join(" ");
  const query = subscribed.operation("query", body);
  const shown = new Map<string, string>();

  return {
    async look(ask) {
      const answer = await ask({ query, variables });
      const changed = Object.entries(answer).filter(([name, state]) => shown.get(name) !== JSON.stringify(state));
      for (const [name, state] of changed) shown.set(name, JSON.stringify(state));
      return { events: changed.map(([, state]) => ({ [root.alias]: updateOf(root, state as State) })) };
    },
  };
}

/** The selection of the state of a room that has the fields of an update. */
function stateSelection(root: Field): string {
  const fields = fieldsOf(root.selection);
  const users = fields.find(({ name }) => name === "snapshot")?.selection;
  const update = fields.find(({ name }) => name === "presences");
  const presences = update && fieldsOf(update.selection).find(({ name }) => name === "snapshot")?.selection;
  return `room totalCount ${users ? `users { ${users} }` : ""} ${presences ? `presences { ${presences} }` : ""}`;
}

/** The state of a room as an update that replaces everything. */
function updateOf(root: Field, state: State): Record<string, unknown> {
  const none = { joined: [], updated: [], left: [] };
  const whole = (fields: readonly Field[], values: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(fields.map(({ alias, name }) => [alias, values[name]]));
  const fields = fieldsOf(root.selection);
  const inner = fieldsOf(fields.find(({ name }) => name === "presences")?.selection ?? "");
  const presences = whole(inner, { snapshot: state["presences"] ?? [], ...none, __typename: "RoomPresenceUpdate" });
  return whole(fields, { room: state["room"], totalCount: state.totalCount, snapshot: state["users"] ?? [], ...none, presences, __typename: "PresenceUpdate" });
}
