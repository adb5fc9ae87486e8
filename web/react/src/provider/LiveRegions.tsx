"use client";

import { useEffect, useRef, type RefObject } from "react";
import type { Urgency } from "./announcer.js";
import { useTandemContext } from "./context.js";

/** How long an announcement stays: it must not be read again when a person looks through the page. */
const keptFor = 8_000;

/**
 * The two live regions of a page, or of a modal dialog. They are there from the start, because screen readers announce
 * changes of regions only. While mounted, they receive all announcements; `host` is where toasts belong meanwhile.
 */
export function LiveRegions({ host }: { readonly host: RefObject<HTMLElement | null> }) {
  const { announcer } = useTandemContext();
  const polite = useRef<HTMLDivElement>(null);
  const assertive = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host.current) return;
    return announcer.add({
      element: host.current,
      say: (text, urgency, visible) => append((urgency === "polite" ? polite : assertive).current, text, visible),
    });
  }, [announcer, host]);
  const region = (urgency: Urgency, ref: RefObject<HTMLDivElement | null>) => (
    <div ref={ref} data-tandem="announcements" aria-live={urgency} aria-atomic="false" />
  );
  return (
    <>
      {region("polite", polite)}
      {region("assertive", assertive)}
    </>
  );
}

/** Appends a text, so that the same text is announced a second time, too. */
function append(region: HTMLElement | null, text: string, visible: boolean): void {
  const line = document.createElement("p");
  if (visible) line.setAttribute("data-visible", "");
  line.textContent = text;
  region?.append(line);
  setTimeout(() => line.remove(), keptFor);
}
