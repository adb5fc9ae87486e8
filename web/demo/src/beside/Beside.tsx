import { X } from "lucide-react";
import { personColor } from "@tandem/react";
import { useCallback, useRef, useState } from "react";
import { LabPanel } from "../lab/LabPanel.js";
import type { Lab } from "../lab/lab.js";
import { panes, type Pane } from "../session/panes.js";
import { firstName, type DemoPerson } from "../session/people.js";
import { PaneHead } from "./PaneHead.js";
import { useBeside } from "./useBeside.js";
import "../styles/beside.css";

/** Two people side by side in one page, and below them the network of one of them. */
export default function Beside({ people }: { readonly people: readonly DemoPerson[] }) {
  const { shown, at, change, close } = useBeside(people);
  const [chosen, choose] = useState<Pane>("right");
  const [labs, setLabs] = useState<Partial<Record<Pane, Lab>>>({});
  const keep = useCallback((pane: Pane, lab: Lab | undefined) => setLabs((before) => (before[pane] === lab ? before : { ...before, [pane]: lab })), []);
  const lab = labs[chosen];
  return (
    <main className="beside">
      {panes.map((pane) => (
        <section key={pane} className="pane" aria-label={`${shown[pane].name}’s window`} data-tandem-color={personColor(shown[pane].id)}>
          <PaneHead people={people} person={shown[pane]} change={(id) => change(pane, id)} />
          <PaneFrame key={shown[pane].id} pane={pane} person={shown[pane]} at={at} keep={keep} />
        </section>
      ))}
      {lab && (
        <LabPanel lab={lab} title={<WhoseNetwork shown={shown} chosen={chosen} choose={choose} />}>
          <button type="button" className="button quiet" onClick={close}><X aria-hidden /> Close</button>
        </LabPanel>
      )}
    </main>
  );
}

interface WhoseNetworkProps {
  readonly shown: Readonly<Record<Pane, DemoPerson>>;
  readonly chosen: Pane;
  choose(pane: Pane): void;
}

function WhoseNetwork({ shown, chosen, choose }: WhoseNetworkProps) {
  return (
    <div className="whose" role="group" aria-label="Whose network">
      {panes.map((pane) => (
        <button key={pane} type="button" aria-pressed={pane === chosen} onClick={() => choose(pane)}>{firstName(shown[pane].name)}’s network</button>
      ))}
    </div>
  );
}

interface PaneFrameProps {
  readonly pane: Pane;
  readonly person: DemoPerson;
  readonly at: string;
  keep(pane: Pane, lab: Lab | undefined): void;
}

/** How often a frame is asked for its network until it has one, in milliseconds. */
const patience = 100;

/** The CRM as one of the two sees it, with a client of its own. */
function PaneFrame({ pane, person, at, keep }: PaneFrameProps) {
  const frame = useRef<HTMLIFrameElement>(null);
  const timer = useRef<ReturnType<typeof setInterval>>(undefined);
  // A frame can be loaded again, and then has another client.
  const follow = useCallback(() => {
    clearInterval(timer.current);
    timer.current = setInterval(() => {
      const lab = frame.current?.contentWindow?.tandemLab;
      if (lab || !frame.current) clearInterval(timer.current);
      if (lab) keep(pane, lab);
    }, patience);
  }, [pane, keep]);
  return <iframe ref={frame} name={pane} title={`The CRM of ${person.name}`} src={`${at}${at.includes("?") ? "&" : "?"}as=${encodeURIComponent(person.id)}`} onLoad={follow} />;
}
