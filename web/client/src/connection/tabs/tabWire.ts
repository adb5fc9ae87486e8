import type { Operation } from "../../operation.js";
import type { Transport } from "../status.js";
import type { Sink, Wire } from "../wire.js";
import type { Answer, ToLeader } from "./messages.js";

type Post = (message: Pick<ToLeader & { type: "subscribe" }, "type" | "wire" | "id" | "operation"> | { type: "unsubscribe"; id: string }) => void;

/** A wire through the leader. The leader watches and ends the connection behind it. */
export class TabWire implements Wire {
  private readonly sinks = new Map<string, Sink>();

  /** `wire` is the number of the leader's wire. */
  constructor(readonly transport: Transport, readonly wire: number, private readonly post: Post) {}

  subscribe(operation: Operation, sink: Sink): () => void {
    const id = crypto.randomUUID();
    this.sinks.set(id, sink);
    this.post({ type: "subscribe", wire: this.wire, id, operation });
    return () => {
      if (this.sinks.delete(id)) this.post({ type: "unsubscribe", id });
    };
  }

  ask(): void {}

  close(): void {
    this.sinks.clear();
  }

  /** Takes an answer from the leader. One for a subscription that is over here is dropped. */
  take(answer: Answer): void {
    const sink = this.sinks.get(answer.id);
    if (answer.type === "next") return sink?.next(answer.result);
    this.sinks.delete(answer.id);
    if (answer.type === "failed") sink?.failed(answer.errors);
    else sink?.completed();
  }
}
