import type { ReadAll } from "./useReadAll.js";

/** Says that all are read, and offers to undo it, in the look of `SnoozeNotice`. The offer takes the focus, because the button that had it is disabled. */
export function ReadNotice({ undoable, marked, failed, undo }: ReadAll) {
  if (undoable.length === 0) return null;
  const isAll = undoable.length >= marked;
  return (
    <p data-tandem="snooze-notice" role="status">
      {failed ? "That did not work. Try again." : marked === 1 ? "1 notification is marked as read" : `${marked} notifications are marked as read`}
      <button type="button" data-kind="link" autoFocus onClick={undo}>{isAll ? "Undo" : `Undo for the newest ${undoable.length}`}</button>
    </p>
  );
}
