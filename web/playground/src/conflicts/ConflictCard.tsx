import { useId, useState, type FormEvent } from "react";
import type { Choice } from "../../../client/src/data/live";
import { announce } from "../page/announce";
import type { SidePane } from "../page/sidePane";
import { ownValue, resolveConflict, shownValue, type Choices, type Clash, type OpenConflict } from "./conflict";

interface Props {
  readonly pane: SidePane;
  readonly conflict: OpenConflict;
  /** Called when it is decided, and when a newer change made it another one. */
  onEnd(): void;
}

/** A conflict to decide on: one click keeps all of a side, and each field can have a choice of its own. */
export function ConflictCard({ pane, conflict, onEnd }: Props) {
  const [choices, setChoices] = useState<Choices>(() => all(conflict, "local"));
  const { decide, busy, words } = useDecision({ pane, conflict, onEnd });
  const sides = sidesOf(conflict, pane.identity.who.get());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void decide(choices);
  };
  return (
    <form className="conflict" aria-label={`Conflict over ${fieldsOf(conflict)} of ${conflict.entityId}`} onSubmit={submit}>
      <header>
        <h3>{titleOf(conflict)}</h3>
        <span className="faint">{conflict.entityId}</span>
      </header>
      {conflict.conflictedFields.map((clash) => (
        <FieldChoice
          key={clash.field}
          clash={clash}
          sides={sides}
          choice={choices[clash.field] ?? "local"}
          onChoose={(choice) => setChoices({ ...choices, [clash.field]: choice })}
        />
      ))}
      {words && (
        <p className="refusal" role="alert">
          {words}
        </p>
      )}
      <Decisions sides={sides} busy={busy} onAll={(side) => void decide(all(conflict, side))} />
    </form>
  );
}

/** Sends decisions, and keeps the words of a refusal. */
function useDecision({ pane, conflict, onEnd }: Props) {
  const [words, setWords] = useState("");
  const [busy, setBusy] = useState(false);
  const decide = async (decision: Choices) => {
    setBusy(true);
    const outcome = await resolveConflict(pane, conflict, decision);
    setBusy(false);
    if (outcome.kind === "refused") return setWords(outcome.words);
    announce(outcome.kind === "applied" ? "The conflict is resolved." : "Somebody changed it again meanwhile. Please decide once more.");
    onEnd();
  };
  return { decide, busy, words };
}

function Decisions({ sides, busy, onAll }: { sides: Sides; busy: boolean; onAll(side: Side): void }) {
  return (
    <footer>
      <button type="button" disabled={busy} onClick={() => onAll("local")}>
        {sides.keep}
      </button>
      <button type="button" disabled={busy} onClick={() => onAll("remote")}>
        {sides.take}
      </button>
      <button type="submit" className="primary" disabled={busy}>
        Apply these choices
      </button>
    </footer>
  );
}

interface ChoiceProps {
  readonly clash: Clash;
  readonly sides: Sides;
  readonly choice: Choice;
  onChoose(choice: Choice): void;
}

function FieldChoice({ clash, sides, choice, onChoose }: ChoiceProps) {
  const name = useId();
  const { field, base, local, remote, baseText, localText, remoteText, remoteChangedBy } = clash;
  const [typed, setTyped] = useState(() => (typeof local === "string" ? local : JSON.stringify(local ?? "")));
  const own = (text: string) => {
    setTyped(text);
    onChoose({ value: ownValue(text, clash) });
  };
  const chosen = typeof choice === "string" ? choice : "custom";
  const radio = (side: typeof chosen, choose: () => void) => <input type="radio" name={name} checked={chosen === side} onChange={choose} />;
  return (
    <fieldset>
      <legend>
        {field} <span className="faint">was {shownValue(baseText, base)}</span>
      </legend>
      <div className="sides">
        <label className="choice">
          <span>
            {radio("local", () => onChoose("local"))} {sides.local}
          </span>
          <b>{shownValue(localText, local)}</b>
        </label>
        <label className="choice">
          <span>
            {radio("remote", () => onChoose("remote"))} {sides.remote}
            {remoteChangedBy && ` · ${remoteChangedBy.name}`}
          </span>
          <b>{shownValue(remoteText, remote)}</b>
        </label>
        <div className="choice">
          <label>{radio("custom", () => own(typed))} Custom</label>
          <input aria-label={`Another value for ${field}`} value={typed} onChange={({ target }) => own(target.value)} />
        </div>
      </div>
    </fieldset>
  );
}

type Side = "local" | "remote";

function all({ conflictedFields }: OpenConflict, side: Side): Choices {
  return Object.fromEntries(conflictedFields.map(({ field }) => [field, side]));
}

/** The names of the two sides: yours and theirs only for a person who is one of them. */
interface Sides {
  readonly local: string;
  readonly remote: string;
  readonly keep: string;
  readonly take: string;
}

function sidesOf({ detectedFor }: OpenConflict, who: string): Sides {
  if (!detectedFor || detectedFor.id === who) return { local: "Yours", remote: "Theirs", keep: "Keep mine", take: "Take theirs" };
  const { name } = detectedFor;
  return { local: `The edit · ${name}`, remote: "Current", keep: `Apply the edit of ${name}`, take: "Keep the current" };
}

function titleOf(conflict: OpenConflict): string {
  const by = conflict.conflictedFields.find(({ remoteChangedBy }) => remoteChangedBy)?.remoteChangedBy?.name ?? "Somebody";
  return `${by} changed ${fieldsOf(conflict)} too${conflict.detectedFor ? `; the edit of ${conflict.detectedFor.name} waits` : ""}`;
}

function fieldsOf({ conflictedFields }: OpenConflict): string {
  return conflictedFields.map(({ field }) => field).join(" and ");
}
