import { useState } from "react";
import { OpenConflicts } from "../conflicts/OpenConflicts";
import { OperationEditor } from "../editor/OperationEditor";
import type { Kept } from "../editor/useEditor";
import { VariablesEditor } from "../editor/VariablesEditor";
import { PersonBar } from "../people/PersonBar";
import { Answer } from "../runs/Answer";
import { RunBar } from "../runs/RunBar";
import { TabBar } from "../tabs/TabBar";
import { chosenOperation } from "../tabs/tab";
import { useValue } from "../value";
import { Notices } from "./Notices";
import type { SidePane } from "./sidePane";

interface Props {
  readonly pane: SidePane;
  readonly label: string;
  /** Whether the menus and the keys of the page act on this side. */
  readonly active: boolean;
  onActive(): void;
  onDocs(type: string, field?: string): void;
}

/** One side of the page: a person, tabs, an operation with its variables, and the answer. */
export function Pane({ pane, label, active, onActive, onDocs }: Props) {
  const [showsConflicts, setShowsConflicts] = useState(false);
  return (
    <section className={active ? "pane active" : "pane"} aria-label={label} onFocusCapture={onActive} onPointerDownCapture={onActive}>
      <PersonBar pane={pane} onConflicts={() => setShowsConflicts(true)} />
      <TabBar pane={pane} label={`Tabs: ${label}`} />
      <Workspace pane={pane} label={label} onDocs={onDocs} />
      <Notices problems={pane.problems} />
      {showsConflicts && <OpenConflicts pane={pane} onClose={() => setShowsConflicts(false)} />}
    </section>
  );
}

function Workspace({ pane, label, onDocs }: Pick<Props, "pane" | "label" | "onDocs">) {
  const [kept] = useState(() => ({ operations: new Map() as Kept, variables: new Map() as Kept }));
  const schema = useValue(pane.schema);
  const open = useValue(pane.tabs.open);
  const tab = useValue(pane.tabs.list).find(({ id }) => id === open) ?? pane.tabs.current();
  const change = (what: Partial<typeof tab>) => pane.tabs.change(tab.id, what);
  return (
    <div className="workspace">
      <div className="request">
        <RunBar pane={pane} tab={tab} />
        <OperationEditor
          id={tab.id}
          label="Operation"
          text={tab.query}
          schema={schema}
          kept={kept.operations}
          onChange={(query) => change({ query })}
          onDocs={onDocs}
        />
        <h2 className="part">Variables</h2>
        <VariablesEditor
          id={tab.id}
          label="Variables"
          text={tab.variables}
          query={tab.query}
          operation={chosenOperation(tab)?.name ?? ""}
          schema={schema}
          kept={kept.variables}
          onChange={(variables) => change({ variables })}
        />
      </div>
      <section className="answer" aria-label={`Answer: ${label}`}>
        <Answer key={tab.id} pane={pane} tab={tab} />
      </section>
    </div>
  );
}
