import type { SidePane } from "../page/sidePane";
import { useValue } from "../value";
import { chosenOperation } from "./tab";

/** The operations that were run on a side. Each opens as a tab again. */
export function HistoryPanel({ pane }: { pane: SidePane }) {
  const list = useValue(pane.history.list);
  return (
    <section className="history" aria-label="History">
      <header className="panel-head">
        <h2>History</h2>
        <button type="button" disabled={list.length === 0} onClick={pane.history.clear}>
          Clear
        </button>
      </header>
      {list.length === 0 && <p className="faint">Operations that you run appear here.</p>}
      <ul>
        {list.map((past) => {
          const operation = chosenOperation(past);
          return (
            <li key={past.at}>
              <button type="button" className="row" onClick={() => pane.tabs.add(past)}>
                <b>{operation?.name || "Unnamed"}</b>
                <span className="faint">{operation?.kind}</span>
                <time className="faint" dateTime={new Date(past.at).toISOString()}>
                  {new Date(past.at).toLocaleTimeString()}
                </time>
                {past.variables && <code>{past.variables.replace(/\s+/g, " ")}</code>}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
