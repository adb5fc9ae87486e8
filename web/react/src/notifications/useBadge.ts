"use client";

import type { InboxState, NotificationItem } from "@tandem/client";
import type { Push } from "@tandem/client/push";
import { useEffect } from "react";
import { useReadable } from "../live/useReadable.js";
import { useTandemContext } from "../provider/context.js";

/** Keeps what the service worker shows outside of the page as the inbox is. */
export function useBadge(push: Push | undefined, { items, status, unread }: InboxState): void {
  const isLive = push !== undefined && status === "live";
  useEffect(() => {
    if (isLive && "setAppBadge" in navigator) void navigator.setAppBadge(unread).catch(() => {});
  }, [isLive, unread]);
  // A browser that is on shows notifications of this person, and no others.
  const isOn = useReadable(push?.status ?? never, "off") === "on";
  useShownOnDevice(isLive && isOn, items);
}

const never: Push["status"] = { get: () => "off", subscribe: () => () => {} };

/** Closes the notifications that the browser shows of what was read, snoozed or removed, also those that it shows too late. */
function useShownOnDevice(isOn: boolean, items: readonly NotificationItem[]): void {
  const { tandem } = useTandemContext();
  useEffect(() => {
    if (!isOn) return;
    const ending = new AbortController();
    const unread = new Set(items.filter(({ read }) => !read).map(({ id }) => id));
    const close = () => void import("./closeShown.js").then(({ closeShown }) => closeShown(tandem.link, unread)).catch(() => {}); // the next change does it
    const hear = ({ data }: MessageEvent<{ readonly tandemShown?: boolean } | null>) => data?.tandemShown && close();
    navigator.serviceWorker.addEventListener("message", hear, { signal: ending.signal });
    close();
    return () => ending.abort();
  }, [isOn, items, tandem]);
}
