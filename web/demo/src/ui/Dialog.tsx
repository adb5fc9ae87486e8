import { X } from "lucide-react";
import { useEffect, useId, useRef, type MouseEvent, type ReactNode } from "react";

interface DialogProps {
  readonly title: string;
  /** Whether the title is only for screen readers. */
  readonly titleHidden?: boolean | undefined;
  readonly className?: string | undefined;
  readonly children: ReactNode;
  onClose(): void;
}

/** A modal dialog. Escape, its button and a click beside it close it, and the focus goes back to where it was. */
export function Dialog({ title, titleHidden = false, className = "", children, onClose }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    if (!element?.open) element?.showModal();
    // The dialog itself would give the focus to its first button, which closes it.
    element?.querySelector<HTMLElement>("input, select, textarea")?.focus();
    return () => element?.close();
  }, []);
  const closeBeside = (event: MouseEvent) => event.target === dialog.current && onClose();
  const cancel = (event: { preventDefault(): void }) => {
    event.preventDefault();
    onClose();
  };
  return (
    <dialog ref={dialog} className={`dialog ${className}`} aria-labelledby={id} onCancel={cancel} onClick={closeBeside}>
      <div className="dialog-body">
        <header className={titleHidden ? "visually-hidden" : "dialog-head"}>
          <h2 id={id}>{title}</h2>
          {!titleHidden && (
            <button type="button" className="button quiet icon push" aria-label="Close" onClick={onClose}>
              <X />
            </button>
          )}
        </header>
        {children}
      </div>
    </dialog>
  );
}
