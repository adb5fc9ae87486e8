import { Random } from "../../../testing/random.js";
import { dueAt, initial, step, type Effect, type Event, type Machine } from "../../src/connection/machine.js";
import type { Transport } from "../../src/connection/status.js";

const ALL: readonly Transport[] = ["ws", "sse", "poll"];

/** The world around the machine: its wires, its clock, and which wire the subscriptions are on. */
export class World {
  machine: Machine;
  now = 1_000_000;
  readonly open = new Map<number, Transport>();
  adopted: number | undefined;
  readonly effects: Effect[] = [];

  constructor(readonly random: () => number, readonly draw = new Random(1), transports: readonly Transport[] = ALL) {
    this.machine = initial(transports, this.now);
  }

  send(event: Event): readonly Effect[] {
    const { machine, effects } = step(this.machine, event, this.now, this.random);
    this.machine = machine;
    if (event.type === "closed") this.end(event.wire);
    for (const effect of effects) {
      if (effect.type === "open") this.open.set(effect.wire, effect.transport);
      if (effect.type === "close") this.end(effect.wire);
      if (effect.type === "adopt") this.adopted = effect.wire;
    }
    this.effects.push(...effects);
    return effects;
  }

  close(code: number, wire = this.machine.wire): readonly Effect[] {
    if (wire === undefined) throw new Error("there is no wire to close");
    return this.send({ type: "closed", wire, end: { code, reason: "" }, online: true });
  }

  /** Lets the time pass until something is due. */
  wait(): readonly Effect[] {
    this.now = Math.max(this.now, dueAt(this.machine));
    return this.send({ type: "tick" });
  }

  /** Lets the time pass until the next attempt. */
  attempt(): void {
    while (this.machine.wire === undefined) this.wait();
  }

  connect(): void {
    this.send({ type: "connect" });
    this.accept();
  }

  /** The server accepts a wire, whose answer took `ms`. */
  accept(wire = this.machine.wire, ms = 0): void {
    if (wire === undefined) throw new Error("there is no wire to accept");
    this.send({ type: "opened", wire, ms });
  }

  /** Lets a message arrive on the wire in use. */
  hear(answer = false): void {
    this.send({ type: "message", wire: this.machine.wire as number, answer });
  }

  private end(wire: number): void {
    this.open.delete(wire);
    if (this.adopted === wire) this.adopted = undefined;
  }
}
