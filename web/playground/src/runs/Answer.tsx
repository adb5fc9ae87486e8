import { useEffect } from "react";
import { AnswerConflicts } from "../conflicts/AnswerConflicts";
import { AnswerText } from "../editor/AnswerText";
import { announce } from "../page/announce";
import type { SidePane } from "../page/sidePane";
import type { Tab } from "../tabs/tab";
import { useValue } from "../value";
import { Events } from "./Events";
import type { Run } from "./run";

/** The result of running a tab: problems in words, conflicts to decide on, and the answer or the events. */
export function Answer({ pane, tab }: { pane: SidePane; tab: Tab }) {
  const run = useValue(pane.runs.of(tab.id));
  useEffect(() => {
    if (run) announce(spoken(run));
  }, [run?.state, run?.events.length]);
  if (!run) return <p className="answer-empty">Run the operation, and its answer appears here.</p>;
  return (
    <>
      <p className="answer-head">
        <b>{run.operation.name || run.operation.kind}</b>
        <span className="faint">{stateInWords(run)}</span>
      </p>
      {run.errors.map(({ message, code, advice }, at) => (
        <div key={at} className="problem">
          <p>
            {code && <code>{code}</code>} {message}
          </p>
          {advice && <p className="muted">{advice}</p>}
        </div>
      ))}
      <AnswerConflicts pane={pane} ids={run.conflicts} />
      {run.operation.kind === "subscription" ? <Events run={run} /> : lastAnswer(run)}
    </>
  );
}

function lastAnswer({ answer, events }: Run) {
  const text = answer || (events[0]?.json ?? "");
  return text && <AnswerText label="Answer" text={text} />;
}

function stateInWords({ state, took, operation, errors }: Run): string {
  switch (state) {
    case "running":
      return "running…";
    case "following":
      return "following";
    case "stopped":
      return "stopped";
    case "done":
      if (operation.kind === "subscription") return "ended";
      return took > 0 ? `${errors.length > 0 ? "answered with errors" : "answered"} in ${took} ms` : "not sent";
  }
}

function spoken(run: Run): string {
  const errors = run.errors[0] ? ` ${run.errors[0].message}` : "";
  if (run.events[0]) return `${run.operation.name}: event ${run.events[0].number}.${errors}`;
  return `${run.operation.name || run.operation.kind}: ${stateInWords(run)}.${errors}`;
}
