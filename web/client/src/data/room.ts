import { backoff } from "../connection/policy.js";
import { request } from "../connection/link.js";
import { TandemError } from "../errors.js";
import { State, type ReadableState } from "../state.js";
import { attention } from "./attention.js";
import type { Core } from "./core.js";
import { personSelection } from "./documents.js";
import type { LiveRoom, OwnPresence, RoomState } from "./live.js";
import { People, type PresenceUpdate } from "./people.js";
import { atEnd, isAway, nobody, Shared } from "./shared.js";

/** The time between two updates of what a person shows of themselves. */
const PACE_MS = 250;

const person = `id user { ${personSelection} } status currentPage editingField`;
const update = `room presences { snapshot { ${person} } joined { ${person} } updated { ${person} } left }`;
const enter = `subscription Room($room: ID!, $clientId: ID, $state: PresenceInput) {
  presence(room: $room, clientId: $clientId, state: $state) { ${update} }
}`;
const watch = `subscription Rooms($rooms: [ID!]!) { presences(rooms: $rooms) { ${update} } }`;
const change =
  "mutation Present($room: ID!, $clientId: ID!, $state: PresenceInput!) { updatePresence(room: $room, clientId: $clientId, state: $state) }";

type Input = Record<string, string | null>;

/** A room that its person is in, or only watches, while something listens. A person who does not look at the page is away. */
export class SharedRoom extends Shared<RoomState> implements LiveRoom {
  private readonly people = new People(() => this.render());
  /** The state that the application chose. */
  private readonly own: Input;
  /** The fields with changes that the server does not know yet. */
  private readonly unsent = new Set<string>();
  private sentAt = 0;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private signal = AbortSignal.abort();
  private looks: ReadableState<boolean> = new State(false);

  /** `own` is what this tab shows from the start. */
  constructor(private readonly core: Core, private readonly room: string, private readonly watching: boolean, own: OwnPresence) {
    super(nobody);
    this.own = inputOf(own);
  }

  update(state: OwnPresence): void {
    const changed = Object.entries(inputOf(state)).filter(([name, value]) => value !== (this.own[name] ?? null));
    if (this.watching || changed.length === 0) return;
    Object.assign(this.own, Object.fromEntries(changed));
    this.sendSoon(changed.map(([name]) => name));
  }

  protected start(signal: AbortSignal): void {
    const { link, viewer } = this.core;
    this.signal = signal;
    const render = () => this.render();
    const variables = () => this.variables();
    if (!this.watching) this.attend(signal);
    const stop = link.follow<{ presence: PresenceUpdate }>({
      query: enter,
      get variables() { return variables(); },
      next: ({ presence }) => this.people.apply(presence),
      ended: () => this.people.stop(),
    });
    atEnd(signal, stop, link.status.subscribe(render), viewer.subscribe(render), () => {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.people.stop();
    });
    this.render();
  }

  private attend(signal: AbortSignal): void {
    this.looks = attention(signal);
    const turn = () => {
      this.sendSoon(["status"]);
      this.render();
    };
    atEnd(signal, this.looks.subscribe(turn));
  }

  /** The state of the person as it is whenever the subscription begins, also after a lost connection. */
  private variables(): Readonly<Record<string, unknown>> {
    return { room: this.room, ...(!this.watching && { clientId: this.core.clientId, state: this.shown() }) };
  }

  /** The state that others see. Nobody is online at a page that they do not look at: the server holds back pushes to people who are. */
  private shown(): Input {
    const status = this.own["status"] ?? "ONLINE";
    return { ...this.own, status: status === "ONLINE" && !this.looks.get() ? "AWAY" : status };
  }

  private sendSoon(fields: readonly string[]): void {
    for (const field of fields) this.unsent.add(field);
    this.schedule(Math.max(0, Math.min(PACE_MS, this.sentAt + PACE_MS - Date.now())));
  }

  private schedule(ms: number): void {
    this.timer ??= setTimeout(() => void this.send(), ms);
  }

  /** Sends the changes. Without a connection, the next beginning of the subscription has them. */
  private async send(): Promise<void> {
    const { link, clientId } = this.core;
    this.timer = undefined;
    this.sentAt = Date.now();
    const fields = [...this.unsent];
    this.unsent.clear();
    if (isAway(link.status.get())) return;
    const shown = this.shown();
    const state = Object.fromEntries(fields.map((field) => [field, shown[field] ?? null]));
    try {
      await request<object, object>(link, change, { room: this.room, clientId, state });
      this.failures = 0;
    } catch (error) {
      if (error instanceof TandemError && error.retryable) this.sendAgain(fields, error.retryAfterMs);
    }
  }

  /** Sends fields again that the server may not have, with their present values. */
  private sendAgain(fields: readonly string[], afterMs: number | undefined): void {
    if (this.signal.aborted) return;
    for (const field of fields) this.unsent.add(field);
    this.schedule(afterMs ?? PACE_MS + backoff(this.failures++, Math.random()));
  }

  private render(): void {
    const { link, viewer } = this.core;
    this.show(this.people.stateFor(viewer.get()?.user.id, isAway(link.status.get()), this.looks.get()));
  }
}

/** Returns what is given of a presence, as the server takes it. */
function inputOf({ status, editingField, page }: OwnPresence): Input {
  const input: Input = {};
  if (status !== undefined) input["status"] = status.toUpperCase();
  if (editingField !== undefined) input["editingField"] = editingField;
  if (page !== undefined) input["currentPage"] = page;
  return input;
}

/** The people in several rooms that their person is not in. */
export class SharedRooms extends Shared<ReadonlyMap<string, RoomState>> {
  private readonly people = new Map<string, People>();

  constructor(private readonly core: Core, private readonly ids: readonly string[]) {
    super(new Map());
  }

  protected start(signal: AbortSignal): void {
    const { link, viewer } = this.core;
    const render = () => this.render();
    atEnd(signal, link.status.subscribe(render), viewer.subscribe(render), () => this.people.forEach((each) => each.stop()));
    if (this.ids.length === 0) return;
    atEnd(signal, link.follow<{ presences: PresenceUpdate }>({
      query: watch, variables: { rooms: this.ids },
      next: ({ presences }) => this.of(presences.room).apply(presences),
      ended: () => this.people.forEach((each) => each.stop()),
    }));
  }

  private of(room: string): People {
    const known = this.people.get(room);
    if (known) return known;
    const made = new People(() => this.render());
    this.people.set(room, made);
    return made;
  }

  private render(): void {
    const { link, viewer } = this.core;
    const stale = isAway(link.status.get());
    this.show(new Map([...this.people].map(([room, people]) => [room, people.stateFor(viewer.get()?.user.id, stale)])));
  }
}
