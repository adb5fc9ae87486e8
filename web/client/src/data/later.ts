import type { Core } from "./core.js";
import type { ConflictState, InboxState, LiveConflict, LiveInbox, LiveList, LiveRoom, ListState, OwnPresence, RoomState } from "./live.js";
import { loader } from "./load.js";
import { atEnd, conflictBefore, nobody, nothing, persist, Shared } from "./shared.js";

/** Data whose code is loaded when something listens to it, or uses it. */
export class Later<State extends object, Data extends Shared<State>> extends Shared<State> {
  /** The data, when its code is there. */
  protected data: () => Promise<Data>;

  constructor(private readonly core: Core, initial: State, private readonly load: () => Promise<Data>) {
    super(initial);
    this.data = loader(load);
  }

  protected override forget(): void {
    this.data = loader(this.load);
  }

  protected start(signal: AbortSignal): void {
    const follow = (data: Data) => {
      const show = () => this.show(data.get());
      atEnd(signal, data.subscribe(show));
      show();
    };
    persist(this.core.link, () => this.data(), signal).then((data) => signal.aborted || follow(data), () => undefined);
  }
}

type Loaded<Data> = () => Promise<Data>;

/** A feed of activity that is loaded when it is needed. */
export class LaterList<Item, Data extends Shared<ListState<Item>> & LiveList<Item>>
  extends Later<ListState<Item>, Data>
  implements LiveList<Item>
{
  constructor(core: Core, load: Loaded<Data>) {
    super(core, nothing as unknown as ListState<Item>, load);
  }

  loadMore = async (): Promise<void> => (await this.data()).loadMore();
  reload = async (): Promise<void> => (await this.data()).reload();
  hold = (held: boolean): void =>
    void this.data().then(
      (data) => data.hold(held),
      () => undefined,
    );
  showNew = (): void =>
    void this.data().then(
      (data) => data.showNew(),
      () => undefined,
    );
}

/** The inbox, loaded when it is needed. */
export class LaterInbox<Data extends Shared<InboxState> & LiveInbox> extends Later<InboxState, Data> implements LiveInbox {
  constructor(core: Core, load: Loaded<Data>) {
    super(core, { ...nothing, unread: 0 }, load);
  }

  loadMore = async (): Promise<void> => (await this.data()).loadMore();
  markRead: LiveInbox["markRead"] = async (which) => (await this.data()).markRead(which);
  markUnread: LiveInbox["markUnread"] = async (ids) => (await this.data()).markUnread(ids);
  snooze: LiveInbox["snooze"] = async (ids, until) => (await this.data()).snooze(ids, until);
}

/** A conflict whose code is loaded when there is one. */
export class LaterConflict<Data extends Shared<ConflictState> & LiveConflict> extends Later<ConflictState, Data> implements LiveConflict {
  constructor(core: Core, id: string, load: Loaded<Data>) {
    super(core, conflictBefore(id), load);
  }

  resolve: LiveConflict["resolve"] = async (choice) => (await this.data()).resolve(choice);
}

/** A room, loaded when it is needed. The tab shows the same there when another person signs in, because its page stays. */
export class LaterRoom<Data extends Shared<RoomState> & LiveRoom> extends Later<RoomState, Data> implements LiveRoom {
  private own: OwnPresence = {};

  constructor(core: Core, load: (own: OwnPresence) => Promise<Data>) {
    super(core, nobody, () => load(this.own));
  }

  update = (state: OwnPresence): void => {
    const given = Object.entries(state).filter(([, value]) => value !== undefined);
    this.own = { ...this.own, ...Object.fromEntries(given) };
    void this.data().then((data) => data.update(state), () => undefined);
  };
}
