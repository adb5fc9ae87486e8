"use client";

import type { NotificationItem } from "@tandem/client";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { createPortal } from "react-dom";
import { useReadable } from "../live/useReadable.js";
import { useTandemContext } from "../provider/context.js";
import { NotificationRow } from "./NotificationRow.js";
import type { ToastList } from "./useToasts.js";

interface ToastsProps {
  readonly toasts: ToastList;
  readonly position: string;
  readonly hideAfter: number;
  readonly onOpen: (item: NotificationItem) => void;
  readonly className: string | undefined;
}

/** The toasts in their corner. While a modal dialog is open they are inside it, because everything else is inert then. */
export function Toasts({ toasts, position, hideAfter, onOpen, className }: ToastsProps) {
  const { announcer, messages } = useTandemContext();
  const host = useReadable(announcer.top, undefined);
  const [held, setHeld] = useState(false);
  // A conflict whose dialog is open needs no toast, also while it is not known yet which one a notification leads to.
  const decided = host?.dataset["conflict"];
  const shown = toasts.shown.filter(
    ({ type, conflictId = decided }) => type !== "conflict" || decided === undefined || conflictId !== decided,
  );
  if (!host || (shown.length === 0 && toasts.missed === 0)) return null;
  const hold = {
    onPointerEnter: () => setHeld(true),
    onPointerLeave: () => setHeld(false),
    onFocus: () => setHeld(true),
    onBlur: () => setHeld(false),
  };
  return createPortal(
    <section data-tandem="toasts" data-position={position} aria-label={messages.notifications(0)} {...hold}>
      {toasts.missed > 0 && (
        <Toast held={held} hideAfter={hideAfter} onDismiss={toasts.dismissMissed} className={className}>
          <span data-tandem="notification-text">{messages.whileAway(toasts.missed)}</span>
        </Toast>
      )}
      {shown.map((item) => (
        <Toast
          key={item.id}
          since={item.cameAt.getTime()}
          held={held}
          hideAfter={hideAfter}
          onDismiss={() => toasts.dismiss(item.id)}
          className={className}
        >
          <NotificationRow item={item} onOpen={onOpen} />
        </Toast>
      ))}
    </section>,
    host,
  );
}

interface ToastProps {
  /** Its time begins again when this changes. */
  readonly since?: number;
  readonly held: boolean;
  readonly hideAfter: number;
  readonly onDismiss: () => void;
  readonly className: string | undefined;
  readonly children: ReactNode;
}

function Toast({ since, held, hideAfter, onDismiss, className, children }: ToastProps) {
  const { messages } = useTandemContext();
  useHiding(held || hideAfter <= 0 ? undefined : hideAfter, since, onDismiss);
  return (
    <div data-tandem="toast" className={className}>
      {children}
      <button type="button" data-kind="plain" aria-label={messages.dismiss()} onClick={onDismiss}>
        ×
      </button>
    </div>
  );
}

/** Calls a function after a time. Without a time it waits; then, and when `since` changes, the whole time begins again. */
function useHiding(after: number | undefined, since: number | undefined, hide: () => void): void {
  const latest = useRef(hide);
  useEffect(() => void (latest.current = hide), [hide]);
  useEffect(() => {
    if (after === undefined) return;
    const timer = setTimeout(() => latest.current(), after);
    return () => clearTimeout(timer);
  }, [after, since]);
}
