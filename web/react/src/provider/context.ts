"use client";

import type { NotificationItem, Tandem, TandemData } from "@tandem/client";
import type { WebSocketManager } from "@tandem/client/manager";
import { createContext, useContext } from "react";
import type { Messages } from "../messages/messages.js";
import type { Announcer } from "./announcer.js";
import type { Rooms } from "./rooms.js";

/** The client of one person, as `createTandem` returns it. */
export type TandemClient = Tandem & TandemData;

/** The values that the provider gives to everything below it. */
export interface TandemContextValue {
  readonly tandem: TandemClient;
  readonly messages: Messages;
  /** The language of dates and numbers; that of the browser, unless given. */
  readonly locale: string | undefined;
  readonly announcer: Announcer;
  readonly rooms: Rooms;
  readonly manager: WebSocketManager;
  /** Functions that report whether a part of the page shows a notification, which then has no toast. */
  readonly shown: Set<(item: NotificationItem) => boolean>;
}

export const TandemContext = createContext<TandemContextValue | undefined>(undefined);

/** Returns what the nearest provider gives. */
export function useTandemContext(): TandemContextValue {
  const value = useContext(TandemContext);
  if (!value) throw new Error("Hooks and components of @tandem/react need a RealtimeProvider around them.");
  return value;
}

/**
 * Returns the client that the provider was given, for operations of your own.
 *
 * @example
 * ```tsx
 * const tandem = useTandem();
 * const create = () => tandem.outbox.create("Customer", { name: "Aalto Oy", status: "lead" });
 * ```
 */
export function useTandem(): TandemClient {
  return useTandemContext().tandem;
}

/**
 * Returns a function that announces a text to screen readers and shows it for a while, as the components do.
 *
 * @example
 * ```tsx
 * const announce = useAnnounce();
 * const assign = () => save({ ownerId }).catch((error: Error) => announce(error.message));
 * ```
 */
export function useAnnounce(): (text: string) => void {
  return useTandemContext().announcer.show;
}
