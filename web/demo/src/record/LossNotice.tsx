import { english, type LiveData } from "@tandem/react";
import { since } from "../format/time.js";
import { useNow } from "../live/useNow.js";

interface LossNoticeProps {
  readonly entity: Pick<LiveData<never>, "access" | "deleted" | "status" | "restore">;
}

/** The notice of a record's form once the record is gone, for the other parts of its page: a phone shows one part at a time. */
export function LossNotice({ entity: { access, deleted, status, restore } }: LossNoticeProps) {
  const now = useNow();
  if (status !== "gone") return null;
  return (
    <div data-tandem="notice" data-kind="warning" className="record-loss">
      <span>{deleted ? english.deletedBy(deleted.by?.name ?? english.somebody(), since(deleted.at, now)) : english.accessLost()}</span>
      {deleted && access?.canDelete !== false && <button type="button" onClick={() => void restore()}>{english.restore()}</button>}
    </div>
  );
}
