import { Power, RotateCcw, ShieldBan, Snail, TimerOff, Unplug, WifiOff, type LucideIcon } from "lucide-react";
import type { Weather } from "@tandem/client/testing";
import { useState, type ReactNode } from "react";
import { useReadable } from "../live/useReadable.js";
import { firstName, restartInstance } from "../session/people.js";
import type { Lab } from "./lab.js";
import { Numbers } from "./Numbers.js";
import { TimelineBar } from "./TimelineBar.js";
import "../styles/lab.css";

const slow = 1_500;

const fair: Weather = { offline: false, halfOpen: false, delayMs: 0, socketsBlocked: false, streamsBlocked: false };

interface Knob {
  readonly label: string;
  readonly about: string;
  readonly icon: LucideIcon;
  readonly on: Partial<Weather>;
}

const knobs: readonly Knob[] = [
  { label: "Cut", about: "Nothing gets through, and every connection ends", icon: Unplug, on: { offline: true } },
  { label: "Half-open", about: "Nothing gets through, and nobody says so", icon: WifiOff, on: { halfOpen: true } },
  { label: "Slow", about: `Everything takes ${slow / 1000} s more in each direction`, icon: Snail, on: { delayMs: slow } },
  { label: "No WebSockets", about: "As behind a proxy that does not know them: event streams take over", icon: ShieldBan, on: { socketsBlocked: true } },
  { label: "No streams", about: "Event streams fail: without WebSockets, too, the client polls", icon: ShieldBan, on: { streamsBlocked: true } },
];

interface LabPanelProps {
  readonly lab: Lab;
  /** Stands before the knobs: whose network this is. */
  readonly title?: ReactNode;
  readonly children?: ReactNode;
}

/** Makes the network of one person bad, and shows how their client recovers. Nobody else notices, except by a restart. */
export function LabPanel({ lab, title, children }: LabPanelProps) {
  const { faults } = lab;
  const weather = useReadable(faults.weather);
  const [problem, setProblem] = useState("");
  const restart = () => restartInstance().then(() => setProblem(""), (error: unknown) => setProblem(`The instance did not stop: ${error instanceof Error ? error.message : String(error)}`));
  return (
    <section className="lab" aria-label={`Network of ${firstName(lab.person.name)}`}>
      <div className="lab-row">
        {title ?? <b>{firstName(lab.person.name)}’s network</b>}
        {knobs.map((knob) => <KnobButton key={knob.label} knob={knob} weather={weather} set={(change) => faults.set(change)} />)}
        <button type="button" className="button" title="The server refuses the token until the client asks for a fresh one" onClick={() => faults.expireToken()}><TimerOff aria-hidden /> Expire the token</button>
        <button type="button" className="button" title="The program drains, ends, and starts again after two seconds" onClick={() => void restart()}><Power aria-hidden /> Stop this instance</button>
        <button type="button" className="button quiet push" onClick={() => reset(lab)}><RotateCcw aria-hidden /> Reset</button>
        {children}
      </div>
      {problem && <p role="alert" className="problem">{problem}</p>}
      <Numbers lab={lab} />
      <TimelineBar lab={lab} />
    </section>
  );
}

interface KnobButtonProps {
  readonly knob: Knob;
  readonly weather: Weather;
  set(change: Partial<Weather>): void;
}

function KnobButton({ knob: { label, about, icon: Icon, on }, weather, set }: KnobButtonProps) {
  const names = Object.keys(on) as (keyof Weather)[];
  const pressed = names.every((name) => weather[name] === on[name]);
  const off = Object.fromEntries(names.map((name) => [name, fair[name]]));
  return (
    <button type="button" className={pressed ? "button knob on" : "button knob"} aria-pressed={pressed} title={about} onClick={() => set(pressed ? off : on)}>
      <Icon aria-hidden /> {label}
    </button>
  );
}

/** Makes the network good again, and connects by the best transport at once instead of trying it later. */
function reset({ faults, tandem }: Lab): void {
  const { offline, halfOpen } = faults.weather.get();
  faults.set(fair);
  const { state, transport } = tandem.status.get();
  if (state === "connected" && transport === "ws" && !offline && !halfOpen) return;
  tandem.disconnect();
  tandem.connect();
}
