"use client";

import type { LiveRoom, OwnPresence, RoomState } from "@tandem/client";
import { useCallback, useMemo } from "react";
import { useTandemContext } from "../provider/context.js";
import { noRoom } from "./initial.js";
import { useReadable } from "./useReadable.js";

/** The result of {@link usePresence}. */
export interface PresenceView extends RoomState {
  /** Shows something of oneself. At most four a second are sent, the last one always. */
  update(state: OwnPresence): void;
}

/**
 * Joins a room while the component is mounted, and returns the people in it. With `watch` the person looks on unseen.
 *
 * @example
 * ```tsx
 * const { users, update } = usePresence(`customer:${id}`);
 * useEffect(() => update({ page: "/customers" }), [update]);
 * ```
 */
export function usePresence(roomId: string, options: { readonly watch?: boolean } = {}): PresenceView {
  const [room, state] = useRoom(roomId, options.watch ?? false);
  const update = useCallback((own: OwnPresence) => room.update(own), [room]);
  return useMemo(() => ({ ...state, update }), [state, update]);
}

/** Follows a room as its object and its state. */
export function useRoom(roomId: string, watch = false): readonly [LiveRoom, RoomState] {
  const { tandem } = useTandemContext();
  const room = useMemo(() => tandem.room(roomId, { watch }), [tandem, roomId, watch]);
  return [room, useReadable(room, noRoom)];
}
