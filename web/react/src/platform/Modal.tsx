"use client";

import { useRef, type KeyboardEvent, type ReactNode, type SyntheticEvent } from "react";
import { LiveRegions } from "../provider/LiveRegions.js";
import { useBrowserLayoutEffect } from "./useBrowserLayoutEffect.js";

interface ModalProps {
  /** The accessible name. */
  readonly label: string;
  readonly describedBy?: string;
  /** The conflict that it is about: a toast about the same one would say nothing new. */
  readonly conflictId?: string | undefined;
  readonly className?: string | undefined;
  /** The person wants it closed, as by Escape. */
  readonly onCancel: () => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly children: ReactNode;
}

/**
 * A modal dialog of the platform, open while it is mounted. The browser keeps the focus inside and gives it back afterwards.
 * Everything outside is inert, so announcements and toasts come inside meanwhile.
 */
export function Modal({ label, describedBy, conflictId, className, onCancel, onKeyDown, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  // Once the dialog is out of the document, closing it would not give the focus back. A layout effect ends before that.
  useBrowserLayoutEffect(() => {
    const element = dialog.current;
    if (!element) return;
    element.showModal();
    // `autoFocus` would act before the dialog is open. The heading has the focus first, so that no key decides anything by accident.
    element.querySelector<HTMLElement>("[data-tandem-focus]")?.focus();
    return () => element.close();
  }, []);
  const cancel = (event: SyntheticEvent) => {
    if (event.target !== dialog.current) return;
    // The application decides whether it goes.
    event.preventDefault();
    onCancel();
  };
  return (
    <dialog
      ref={dialog}
      data-tandem="dialog"
      data-conflict={conflictId}
      aria-label={label}
      aria-describedby={describedBy}
      className={className}
      onCancel={cancel}
      onKeyDown={onKeyDown}
    >
      {children}
      <LiveRegions host={dialog} />
    </dialog>
  );
}
