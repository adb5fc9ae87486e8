"use client";

import type { InboxState } from "@tandem/client";
import { useEffect } from "react";

/** Keeps the number on the application's icon, which the service worker sets with a push, at the unread notifications. */
export function useBadge(isOn: boolean, { status, unread }: InboxState): void {
  useEffect(() => {
    if (isOn && status === "live" && "setAppBadge" in navigator) void navigator.setAppBadge(unread).catch(() => {});
  }, [isOn, status, unread]);
}
