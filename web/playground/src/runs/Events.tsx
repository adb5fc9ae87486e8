import { useState } from "react";
import type { Run, StreamEvent } from "./run";

/** The events of a subscription, newest first, and how it resumes. */
export function Events({ run }: { run: Run }) {
  return (
    <section className="events" aria-label="Events">
      <p className="resume muted">{resumeInWords(run)}</p>
      <ol>
        {run.events.map((event) => (
          <EventRow key={event.number} event={event} newest={event === run.events[0]} />
        ))}
      </ol>
    </section>
  );
}

function resumeInWords({ obstacle, cursor, events, state }: Run): string {
  if (obstacle) return obstacle;
  if (state === "following" && events.length === 0) return "No event yet.";
  return cursor ? `After a lost connection it resumes after ${cursor}, so that no event is lost or repeated.` : "";
}

function EventRow({ event: { number, at, json, afterGap }, newest }: { event: StreamEvent; newest: boolean }) {
  // The newest is open, unless a person decided otherwise.
  const [chosen, setChosen] = useState<boolean>();
  return (
    <li>
      {afterGap > 0 && <p className="gap">Resumed after {(afterGap / 1000).toFixed(1)} s without a connection</p>}
      <details open={chosen ?? newest}>
        <summary
          onClick={(event) => {
            event.preventDefault();
            setChosen(!(chosen ?? newest));
          }}
        >
          <span className="number">{number}</span>
          <span className="brief">{json.replace(/\s+/g, " ").slice(0, 90)}</span>
          <time dateTime={at.toISOString()}>{clock(at)}</time>
        </summary>
        <pre tabIndex={0} aria-label={`Event ${number}`}>
          {json}
        </pre>
      </details>
    </li>
  );
}

function clock(at: Date): string {
  return `${at.toLocaleTimeString("en-GB")}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}
