import { X } from "lucide-react";
import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { useReadable } from "../live/useReadable.js";
import { dismissUndo, lastDeletion, type Deletion } from "../record/undo.js";

/** How long a deletion can be undone from any page, in milliseconds. The page of what was deleted offers it always. */
const offered = 12_000;

/** Says what the person has deleted, and restores it if they want it back. It stays while it is pointed at or has the focus. */
export function UndoToast() {
  const deletion = useReadable(lastDeletion);
  return <div role="status">{deletion && <Offer key={deletion.path} deletion={deletion} />}</div>;
}

function Offer({ deletion: { name, path, restore } }: { readonly deletion: Deletion }) {
  const [, go] = useLocation();
  const [held, setHeld] = useState(false);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(dismissUndo, offered);
    return () => clearTimeout(timer);
  }, [held]);
  const undo = () => restore().then(() => {
    dismissUndo();
    go(path);
  }, (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)));
  const [hold, release] = [() => setHeld(true), () => setHeld(false)];
  return (
    <div className="undo-toast" onPointerEnter={hold} onPointerLeave={release} onFocus={hold} onBlur={release}>
      <span className="clip">{problem ? `${name} was not restored: ${problem}` : `${name} deleted`}</span>
      <button type="button" className="button" onClick={() => void undo()}>Undo</button>
      <button type="button" className="button quiet icon" aria-label="Dismiss" onClick={dismissUndo}><X aria-hidden /></button>
    </div>
  );
}
