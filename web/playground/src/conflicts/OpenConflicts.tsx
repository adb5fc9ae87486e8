import { useEffect, useState } from "react";
import { Dialog } from "../page/Dialog";
import type { SidePane } from "../page/sidePane";
import { readOpenConflicts, type OpenConflict } from "./conflict";
import { ConflictCard } from "./ConflictCard";

/** The open conflicts of the person of a side. */
export function OpenConflicts({ pane, onClose }: { pane: SidePane; onClose(): void }) {
  const [reads, setReads] = useState(0);
  const [conflicts, setConflicts] = useState<readonly OpenConflict[]>();
  const [problem, setProblem] = useState("");
  useEffect(() => {
    readOpenConflicts(pane).then(setConflicts, ({ message }: Error) => setProblem(message));
  }, [pane, reads]);
  return (
    <Dialog title="Open conflicts" onClose={onClose}>
      <div className="dialog-body" tabIndex={-1}>
        {problem && <p role="alert">{problem}</p>}
        {!conflicts && !problem && <p>Reading…</p>}
        {conflicts?.length === 0 && <p>There are none. Run Change as two people to make one.</p>}
        {conflicts?.map((conflict) => (
          <ConflictCard key={`${conflict.id} ${reads}`} pane={pane} conflict={conflict} onEnd={() => setReads(reads + 1)} />
        ))}
      </div>
    </Dialog>
  );
}
