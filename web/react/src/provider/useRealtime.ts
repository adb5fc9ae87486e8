"use client";

import { State, type ConnectionStatus, type PresentPerson, type Viewer } from "@tandem/client";
import type { RealtimeMessage, WebSocketManager } from "@tandem/client/manager";
import { useMemo } from "react";
import { noConnection, noRoom } from "../live/initial.js";
import { useReadable } from "../live/useReadable.js";
import { useTandemContext } from "./context.js";

/** The result of {@link useRealtime}. */
export interface Realtime {
  readonly isConnected: boolean;
  readonly status: ConnectionStatus;
  /** The signed-in person; undefined until the server has said. */
  readonly viewer: Viewer | undefined;
  /** How many edits wait on this device. */
  readonly pending: number;
  /** The people in the room that was joined last. */
  readonly presence: readonly PresentPerson[];
  /**
   * Calls back with the messages of a channel, such as `customer:<id>`, `activity` or `room:<id>`, until the returned
   * function is called. The channels are those of `WebSocketManager` in `@tandem/client/manager`.
   */
  subscribe(event: string, handler: (message: RealtimeMessage) => void): () => void;
  /** Sends one's presence to a room that is subscribed to, or an edit to an entity: `emit("customer:7", { phone: null })`. */
  emit(event: string, data: object): void;
  /** Joins a room until `leaveRoom`. Components that show a room join it by themselves. */
  joinRoom(roomId: string): void;
  leaveRoom(roomId: string): void;
}

const nobody = new State(noRoom);

/**
 * Returns the connection, the signed-in person, and the room that was joined last.
 *
 * @example
 * ```tsx
 * const { isConnected, viewer, joinRoom, leaveRoom } = useRealtime();
 * useEffect(() => {
 *   joinRoom("reception");
 *   return () => leaveRoom("reception");
 * }, [joinRoom, leaveRoom]);
 * ```
 */
export function useRealtime(): Realtime {
  const { tandem, rooms, manager } = useTandemContext();
  const status = useReadable(tandem.status, noConnection);
  const viewer = useReadable(tandem.viewer, undefined);
  const last = useReadable(rooms.last, undefined);
  const room = useMemo(() => (last === undefined ? nobody : tandem.room(last)), [tandem, last]);
  const presence = useReadable(room, noRoom).users;
  const channels = useMemo(() => channelsOf(manager), [manager]);
  return useMemo(
    () => ({
      isConnected: isConnected(status),
      status,
      viewer,
      pending: status.pending,
      presence,
      joinRoom: rooms.join,
      leaveRoom: rooms.leave,
      ...channels,
    }),
    [status, viewer, presence, rooms, channels],
  );
}

function channelsOf(manager: WebSocketManager): Pick<Realtime, "subscribe" | "emit"> {
  return {
    subscribe: (event, handler) => {
      manager.subscribe(event, handler);
      return () => manager.unsubscribe(event, handler);
    },
    emit: (event, data) =>
      manager.send({ type: event.startsWith("room:") ? "presence_update" : "data_update", channel: event, payload: data }),
  };
}

/** Reports whether events arrive: also while a server that is about to stop still sends them. */
export function isConnected({ state }: ConnectionStatus): boolean {
  return state === "connected" || state === "draining";
}
