"use client";

import { createWebSocketManager } from "@tandem/client/manager";
import { useEffect, useMemo, useRef, type ReactNode } from "react";
import { english } from "../messages/english.js";
import type { Messages } from "../messages/messages.js";
import { Announcer } from "./announcer.js";
import { TandemContext, type TandemClient, type TandemContextValue } from "./context.js";
import { LiveRegions } from "./LiveRegions.js";
import { Rooms } from "./rooms.js";
import { SessionEnd } from "./SessionEnd.js";
import { DraftsEnd } from "./DraftsEnd.js";

/** The props of {@link RealtimeProvider}. */
export interface RealtimeProviderProps {
  /** The client of the person. Make it once for a browser, never in a module of a server, which many people share. */
  readonly tandem: TandemClient;
  /** Texts that replace those in English. */
  readonly messages?: Partial<Messages> | undefined;
  /** The language of dates and numbers, such as `de`; that of the browser, unless given. */
  readonly locale?: string | undefined;
  readonly children?: ReactNode;
}

/**
 * Gives the client of a person to all hooks and components below it, and announces to screen readers what they should know.
 *
 * @example
 * ```tsx
 * const tandem = createTandem({ url: "/graphql" }); // once, where the page begins
 * createRoot(element).render(<RealtimeProvider tandem={tandem}><App /></RealtimeProvider>);
 * ```
 */
export function RealtimeProvider({ tandem, messages, locale, children }: RealtimeProviderProps) {
  const texts = useMemo(() => ({ ...english, ...messages }), [messages]);
  const latest = useRef(texts);
  useEffect(() => void (latest.current = texts), [texts]);
  const announcer = useMemo(() => new Announcer(() => latest.current), []);
  const rooms = useMemo(() => new Rooms(tandem), [tandem]);
  useEffect(() => () => rooms.clear(), [rooms]);
  const manager = useMemo(() => createWebSocketManager(tandem), [tandem]);
  const shown = useMemo<TandemContextValue["shown"]>(() => new Set(), []);
  const value = useMemo<TandemContextValue>(
    () => ({ tandem, messages: texts, locale, announcer, rooms, manager, shown }),
    [tandem, texts, locale, announcer, rooms, manager, shown],
  );
  const host = useRef<HTMLDivElement>(null);
  return (
    <TandemContext.Provider value={value}>
      {children}
      <div ref={host} data-tandem="host">
        <LiveRegions host={host} />
        <SessionEnd />
        <DraftsEnd />
      </div>
    </TandemContext.Provider>
  );
}
