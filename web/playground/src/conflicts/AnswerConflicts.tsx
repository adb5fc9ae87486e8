import { useEffect, useState } from "react";
import type { SidePane } from "../page/sidePane";
import { useValue } from "../value";
import { readConflict, type OpenConflict } from "./conflict";
import { ConflictCard } from "./ConflictCard";

/** The open conflicts that an answer names, each ready to be decided on. */
export function AnswerConflicts({ pane, ids }: { pane: SidePane; ids: readonly string[] }) {
  const who = useValue(pane.identity.who);
  const [reads, setReads] = useState(0);
  const [conflicts, setConflicts] = useState<readonly OpenConflict[]>([]);
  const key = ids.join(" ");
  useEffect(() => {
    let gone = false;
    const read = async () => {
      const found = await Promise.all(
        key
          .split(" ")
          .filter(Boolean)
          .map((id) => readConflict(pane, id)),
      );
      if (!gone) setConflicts(found.filter((conflict) => conflict !== undefined));
    };
    void read();
    return () => void (gone = true);
  }, [pane, key, who, reads]);
  return conflicts.map((conflict) => (
    <ConflictCard key={`${conflict.id} ${reads}`} pane={pane} conflict={conflict} onEnd={() => setReads(reads + 1)} />
  ));
}
