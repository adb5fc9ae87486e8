import { useEffect, useState } from "react";
import { Docs, type Place } from "../docs/Docs";
import { OperationMenu } from "../operations/OperationMenu";
import { readyOperations, type ReadyOperation } from "../operations/readyOperations";
import { tidy } from "../runs/RunBar";
import { goesOn } from "../runs/run";
import { HistoryPanel } from "../tabs/HistoryPanel";
import { useValue } from "../value";
import { announcement } from "./announce";
import { Header, type Panel } from "./Header";
import { Help } from "./Help";
import { listenForKeys } from "./keys";
import { Pane } from "./Pane";
import type { SidePane } from "./sidePane";

interface Props {
  readonly first: SidePane;
  /** The person beside, if the page began with two. */
  readonly second: SidePane | undefined;
  /** Makes the second side when a person asks for it. */
  openSecond(): Promise<SidePane>;
  closeSecond(): void;
}

/** The whole page: one side or two, a panel beside them, and the menus. */
export function App(props: Props) {
  const sides = useSides(props);
  const { first, second, active } = sides;
  const [panel, setPanel] = useState<Panel>();
  const [dialog, setDialog] = useState<"menu" | "help">();
  const [trail, setTrail] = useState<readonly Place[]>([]);
  useEffect(() => listenForKeys(actions(active, setDialog)));
  const showDocs = (type: string, field = "") => {
    setTrail([...trail, { type, field }]);
    setPanel("docs");
  };
  const pane = (side: SidePane, label: string) => (
    <Pane pane={side} label={label} active={active === side} onActive={() => sides.activate(side)} onDocs={showDocs} />
  );
  return (
    <>
      <Header
        person={useValue(first.identity.who)}
        demo={useValue(first.identity.session).people.length > 0}
        panel={panel}
        two={Boolean(second)}
        onPanel={setPanel}
        onMenu={() => setDialog("menu")}
        onHelp={() => setDialog("help")}
        onTwo={() => void sides.toggle()}
      />
      <main className={second ? "two" : "one"}>
        {panel && (
          <aside aria-label="Panel">
            {panel === "history" ? <HistoryPanel pane={active} /> : <DocsOf pane={active} trail={trail} onTrail={setTrail} />}
          </aside>
        )}
        {pane(first, second ? "First person" : "Workspace")}
        {second && pane(second, "Second person")}
      </main>
      <Announcements />
      {dialog && <DialogOf kind={dialog} pane={active} onClose={() => setDialog(undefined)} />}
    </>
  );
}

/** The sides of the page, and the one that the menus and the keys act on. */
function useSides({ first, second: begun, openSecond, closeSecond }: Props) {
  const [second, setSecond] = useState(begun);
  const [active, activate] = useState(first);
  const toggle = async () => {
    if (!second) return setSecond(await openSecond());
    second.tabs.list.get().forEach(({ id }) => second.runs.stop(id));
    closeSecond();
    setSecond(undefined);
    activate(first);
  };
  return { first, second, active, activate, toggle };
}

function DocsOf({ pane, trail, onTrail }: { pane: SidePane; trail: readonly Place[]; onTrail(trail: readonly Place[]): void }) {
  const schema = useValue(pane.schema);
  const open = (field: string) => {
    const kind = trail.at(-1)?.type.toLowerCase();
    const found = schema && readyOperations(schema).find((one) => one.field.name === field && one.kind === kind);
    if (found) void pane.openReady(found);
  };
  return (
    <Docs
      schema={schema}
      trail={trail}
      onGo={(place) => onTrail([...trail, place])}
      onBack={() => onTrail(trail.slice(0, -1))}
      onTry={open}
    />
  );
}

function DialogOf({ kind, pane, onClose }: { kind: "menu" | "help"; pane: SidePane; onClose(): void }) {
  return kind === "help" ? <Help onClose={onClose} /> : <MenuOf pane={pane} onClose={onClose} />;
}

function MenuOf({ pane, onClose }: { pane: SidePane; onClose(): void }) {
  const choose = (operation: ReadyOperation) => {
    onClose();
    void pane.openReady(operation);
  };
  return <OperationMenu schema={useValue(pane.schema)} onChoose={choose} onExamples={() => restoreExamples(pane)} onClose={onClose} />;
}

function actions(active: SidePane, setDialog: (dialog: "menu" | "help") => void) {
  return {
    run() {
      const { id } = active.tabs.current();
      if (goesOn(active.runs.of(id).get())) active.runs.stop(id);
      else active.run();
    },
    menu: () => setDialog("menu"),
    tidy: () => tidy(active, active.tabs.current()),
    help: () => setDialog("help"),
  };
}

function Announcements() {
  return (
    <p className="hidden" role="status" aria-label="Announcements">
      {useValue(announcement)}
    </p>
  );
}

function restoreExamples({ store }: SidePane): void {
  if (!confirm("Restore the example tabs? This removes your own tabs and the history of this page.")) return;
  store.clear();
  location.reload();
}
