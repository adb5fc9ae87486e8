"use client";

import { useTandemContext } from "../provider/context.js";
import { useMoment } from "../values/when.js";
import type { Snoozing } from "./useSnoozing.js";

/**
 * Says until when the last notification is snoozed, and offers to undo it; or that a request failed. The offer takes the focus,
 * because the row that had it is gone.
 *
 * @example
 * ```tsx
 * <SnoozeNotice snoozing={snoozing} />
 * ```
 */
export function SnoozeNotice({ snoozing: { last, failed, undo } }: { readonly snoozing: Snoozing }) {
  const { messages } = useTandemContext();
  const moment = useMoment();
  if (failed) return <p data-tandem="snooze-notice" role="alert">{messages.didNotWork()}</p>;
  if (!last?.snoozedUntil) return null;
  return (
    <p key={last.id} data-tandem="snooze-notice" role="status">
      {messages.snoozedUntil(moment(last.snoozedUntil))}
      <button type="button" data-kind="link" autoFocus onClick={undo}>
        {messages.undo()}
      </button>
    </p>
  );
}
