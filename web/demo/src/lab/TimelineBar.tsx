import { useReadable } from "../live/useReadable.js";
import { count } from "../format/words.js";
import type { Lab } from "./lab.js";
import type { Counts } from "./meter.js";
import type { Stretch } from "./timeline.js";
import { useSeconds } from "./useSeconds.js";

/** How much of the past is shown at least and at most, in milliseconds. */
const [least, most] = [10_000, 60_000];

/** The last minute of a connection, or all of one that is younger: when it worked, when it was away, and what came back with it. */
export function TimelineBar({ lab: { timeline, meter, tandem } }: { readonly lab: Lab }) {
  const stretches = useReadable(timeline);
  const counts = useReadable(meter);
  const { waiting } = useReadable(tandem.outbox);
  const now = useSeconds();
  const shown = Math.min(most, Math.max(least, now - (stretches[0]?.from ?? now)));
  const begin = now - shown;
  const visible = stretches.filter(({ to }) => (to ?? now) > begin);
  const current = visible.at(-1);
  return (
    <>
      <div className="timeline" aria-hidden="true">
        {visible.map((stretch) => {
          const left = Math.max(0, (stretch.from - begin) / shown);
          const right = Math.max(left + 0.004, Math.min(1, ((stretch.to ?? now) - begin) / shown));
          return (
            <div key={stretch.from} className={`stretch ${stretch.kind}`} style={{ insetInlineStart: `${left * 100}%`, inlineSize: `${(right - left) * 100}%` }}>
              <span className="clip" title={textOf(stretch, now, waiting, counts)}>{textOf(stretch, now, waiting, counts)}</span>
            </div>
          );
        })}
      </div>
      <p className="visually-hidden" role="status">{current?.kind === "away" ? awayText(waiting) : current && textOf(current, now, waiting, counts)}</p>
    </>
  );
}

function textOf({ kind, from, to, resumed, sent, transport }: Stretch, now: number, waiting: number, { lost, doubled }: Counts): string {
  if (kind === "catching-up") return "";
  if (kind === "away") {
    const seconds = Math.max(1, Math.round(((to ?? now) - from) / 1000));
    return to === undefined && waiting > 0 ? `away ${seconds} s · ${count(waiting, "edit waits", "edits wait")}` : `away ${seconds} s`;
  }
  const how = transport === "ws" ? "" : transport === "sse" ? " by event stream" : " by polling";
  const parts = [resumed > 0 && `resumed ${count(resumed, "event")}`, sent > 0 && `sent ${count(sent, "edit")}`].filter(Boolean);
  return parts.length === 0 ? `live${how}` : `${parts.join(", ")}${how}, ${lost || "none"} lost, ${doubled || "none"} doubled`;
}

/** Returns the announcement of an outage: without the seconds, which would be announced each second. */
function awayText(waiting: number): string {
  return waiting > 0 ? `away, ${count(waiting, "edit waits", "edits wait")}` : "away";
}
