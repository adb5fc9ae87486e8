import type { SidePane } from "../page/sidePane";
import { useValue } from "../value";
import { titleOf } from "./tab";

/** The tabs of a side. They are buttons of a list, so that each one's close button is beside it for the keyboard too. */
export function TabBar({ pane, label }: { pane: SidePane; label: string }) {
  const tabs = useValue(pane.tabs.list);
  const open = useValue(pane.tabs.open);
  const close = (id: string) => {
    pane.runs.forget(id);
    pane.tabs.close(id);
  };
  return (
    <nav className="tabs" aria-label={label}>
      <ul>
        {tabs.map((tab) => (
          <li key={tab.id} className={tab.id === open ? "open" : ""}>
            <button type="button" className="tab" aria-current={tab.id === open} onClick={() => pane.tabs.select(tab.id)}>
              {titleOf(tab)}
            </button>
            <button type="button" className="quiet" aria-label={`Close ${titleOf(tab)}`} onClick={() => close(tab.id)}>
              ×
            </button>
          </li>
        ))}
        <li>
          <button type="button" className="quiet" aria-label="New tab" onClick={() => pane.tabs.add({ query: "", variables: "" })}>
            +
          </button>
        </li>
      </ul>
    </nav>
  );
}
