"use client";

import type { Choice, ConflictField, ConflictState, EntityData, EntityState, LiveConflict, TandemData } from "@tandem/client";
import { useEffect, useRef } from "react";
import { useTandemContext } from "../provider/context.js";

/** A side of a conflict, the merged state, or nothing: then a person decides. */
export type ConflictDecision<T> = "local" | "remote" | T | void;

/**
 * Decides a conflict by program. `local` and `remote` are the whole entity as either side has it. Either of the two themselves,
 * or its name, means that this side wins.
 *
 * @example
 * ```ts
 * const onConflict: ConflictHandler<Customer> = (local, remote) =>
 *   local.status === "churned" ? "local" : { ...remote, notes: `${remote.notes}\n${local.notes}` };
 * ```
 */
export type ConflictHandler<T extends EntityData = EntityData> = (
  local: T,
  remote: T,
  conflict: ConflictState,
) => ConflictDecision<T> | Promise<ConflictDecision<T>>;

/** Lets the handler decide each conflict of an entity, again when it has moved on. `undecided` is called for those left to the person. */
export function useConflictHandler<T extends EntityData>(
  { data, conflict }: EntityState<T>,
  handler: ConflictHandler<T> | undefined,
  undecided?: () => unknown,
): void {
  const { tandem } = useTandemContext();
  const asked = useRef("");
  useEffect(() => {
    if (!conflict || !data) return;
    const question = `${conflict.id}:${conflict.remoteVersion}`;
    if (asked.current === question) return;
    asked.current = question;
    if (!handler) return void undecided?.();
    void decide(tandem, conflict.id, data, handler).then(
      (decided) => decided || undecided?.(),
      () => undecided?.(),
    );
  }, [tandem, data, conflict, handler, undecided]);
}

/** Reports whether the handler has decided, or nothing is left to decide. Rejects if the server refused. */
async function decide<T extends EntityData>(tandem: TandemData, id: string, data: T, handler: ConflictHandler<T>): Promise<boolean> {
  const live = tandem.conflict(id);
  // It is followed until the server has answered.
  const end = live.subscribe(() => {});
  try {
    const state = await loaded(live);
    if (state.status !== "open") return state.status !== "error";
    const [local, remote] = [sideOf(data, state.fields, "local"), sideOf(data, state.fields, "remote")];
    const decision = await handler(local, remote, state);
    if (decision === undefined) return false;
    const side = decision === local ? "local" : decision === remote ? "remote" : decision;
    await live.resolve(typeof side === "string" ? side : chosen(side, state.fields));
    return true;
  } finally {
    end();
  }
}

function loaded(live: LiveConflict): Promise<ConflictState> {
  return new Promise((resolve) => {
    const look = () => {
      const state = live.get();
      if (state.status === "loading") return;
      end();
      resolve(state);
    };
    const end = live.subscribe(look);
    look();
  });
}

function sideOf<T extends EntityData>(data: T, fields: readonly ConflictField[], side: "local" | "remote"): T {
  return { ...data, ...Object.fromEntries(fields.map((each) => [each.field, each[side]])) };
}

function chosen(merged: EntityData, fields: readonly ConflictField[]): Record<string, Choice> {
  return Object.fromEntries(fields.map(({ field }) => [field, { value: merged[field] }]));
}
