import { parse, print } from "graphql";
import { announce } from "../page/announce";
import type { SidePane } from "../page/sidePane";
import { linkTo } from "../tabs/link";
import { chosenOperation, operationsOf, type Tab } from "../tabs/tab";
import { useValue } from "../value";
import { goesOn } from "./run";

/** Runs and stops the open tab, and says which of its operations. */
export function RunBar({ pane, tab }: { pane: SidePane; tab: Tab }) {
  const run = useValue(pane.runs.of(tab.id));
  const operations = operationsOf(tab.query);
  const running = goesOn(run);
  return (
    <div className="run-bar">
      <button type="button" className="primary" onClick={() => (running ? pane.runs.stop(tab.id) : pane.run())}>
        <span aria-hidden="true">{running ? "■ " : "▶ "}</span>
        {running ? "Stop" : "Run"}
      </button>
      {operations.length > 1 && (
        <label>
          <span className="hidden">Operation to run</span>
          <select value={chosenOperation(tab)?.name ?? ""} onChange={({ target }) => pane.tabs.change(tab.id, { operation: target.value })}>
            {operations.map(({ name, kind }) => (
              <option key={name} value={name}>
                {name} · {kind}
              </option>
            ))}
          </select>
        </label>
      )}
      <span className="space" />
      <button type="button" onClick={() => tidy(pane, tab)}>
        Tidy
      </button>
      <button type="button" onClick={() => void share(tab)}>
        Copy link
      </button>
    </div>
  );
}

/** Lays out the operation and the variables. A text that can't be parsed stays as it is. Of the comments, only those at the beginning stay. */
export function tidy(pane: SidePane, tab: Tab): void {
  const comments = /^(?:[ \t]*#.*\n|[ \t]*\n)*/.exec(tab.query)?.[0] ?? "";
  const laidOut = <T,>(act: () => T, otherwise: T): T => {
    try {
      return act();
    } catch {
      return otherwise;
    }
  };
  pane.tabs.change(tab.id, {
    query: laidOut(() => comments + print(parse(tab.query)), tab.query),
    variables: laidOut(() => JSON.stringify(JSON.parse(tab.variables), null, 2), tab.variables),
  });
}

async function share(tab: Tab): Promise<void> {
  const link = linkTo(tab);
  try {
    await navigator.clipboard.writeText(link);
    announce("The link is copied.");
  } catch {
    // Some browsers and some addresses have no clipboard; the address bar has the link then.
    history.replaceState(null, "", link);
    announce("The link is in the address bar.");
  }
}
