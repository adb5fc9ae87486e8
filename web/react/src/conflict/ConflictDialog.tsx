"use client";

import { TandemError, type Choice, type ConflictState } from "@tandem/client";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { Modal } from "../platform/Modal.js";
import { useTandemContext } from "../provider/context.js";
import { chooseAll, resolutionOf, resolvedValues, stillHold, undecided, type Choices, type DialogField } from "./choices.js";
import { FieldChoice, type OptionsOf, type RenderCustom } from "./FieldChoice.js";

/** The conflict as the dialog shows it. */
export type DialogConflict = Pick<ConflictState, "keptFields" | "remoteBy" | "remoteAt" | "movedOn"> & {
  readonly fields: readonly DialogField[];
};

/** The choices of a person, as the client takes them and as values. */
export interface Decision {
  readonly resolution: "local" | "remote" | Readonly<Record<string, Choice>>;
  readonly values: Readonly<Record<string, unknown>>;
}

interface ConflictDialogProps {
  /** The conflict on the server, if it is there. */
  readonly id?: string;
  /** Undefined while it loads. */
  readonly conflict: DialogConflict | undefined;
  /** Carries the decision out. Rejects if the server refuses it; the dialog stays open then. */
  readonly onApply: (decision: Decision) => Promise<void>;
  readonly onCancel: () => void;
  readonly renderCustom: RenderCustom | undefined;
  readonly optionsOf?: OptionsOf | undefined;
  readonly className: string | undefined;
}

/** The dialog in which a person decides a conflict, field by field. */
export function ConflictDialog({ id, conflict, onApply, onCancel, renderCustom, optionsOf, className }: ConflictDialogProps) {
  const { messages } = useTandemContext();
  const intro = useId();
  const fields = conflict?.fields ?? [];
  const [choices, setChoices, moved] = useChoices(conflict);
  const { apply, problem, busy } = useApply(choices, fields, onApply);
  const applyByKey = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) void apply();
  };
  return (
    <Modal label={messages.resolveConflict()} describedBy={intro} conflictId={id} className={className} onCancel={onCancel} onKeyDown={applyByKey}>
      <Head intro={intro} conflict={conflict} />
      <div data-tandem="conflict-fields" aria-busy={!conflict || busy}>
        {fields.map((field) => (
          <FieldChoice
            key={field.field}
            field={field}
            chosen={choices[field.field]}
            remoteBy={conflict?.remoteBy ?? null}
            remoteAt={conflict?.remoteAt}
            renderCustom={renderCustom}
            optionsOf={optionsOf}
            onChoose={(chosen) => setChoices({ ...choices, [field.field]: chosen })}
          />
        ))}
      </div>
      <footer>
        {problem ? <p data-tandem="problem">{problem}</p> : moved && <p data-tandem="moved-on">{moved}</p>}
        <Foot
          isReady={conflict !== undefined && !busy && undecided(choices, fields).length === 0}
          onAll={(side) => setChoices(chooseAll(side, fields))}
          onCancel={onCancel}
          onApply={() => void apply()}
        />
      </footer>
    </Modal>
  );
}

/** Says who changed the same fields, and what becomes of the rest of the edit. */
function Head({ intro, conflict }: { readonly intro: string; readonly conflict: DialogConflict | undefined }) {
  const { messages } = useTandemContext();
  return (
    <header>
      <h2 tabIndex={-1} data-tandem-focus="">
        {conflict ? messages.conflictTitle(conflict.remoteBy?.name || messages.somebody()) : messages.loading()}
      </h2>
      <p id={intro}>{conflict && messages.conflictIntro(conflict.fields.length, conflict.keptFields.map(messages.field))}</p>
    </header>
  );
}

interface FootProps {
  /** Whether each field is decided. */
  readonly isReady: boolean;
  readonly onAll: (side: "local" | "remote") => void;
  readonly onCancel: () => void;
  readonly onApply: () => void;
}

function Foot({ isReady, onAll, onCancel, onApply }: FootProps) {
  const { messages } = useTandemContext();
  return (
    <>
      <button type="button" data-kind="plain" onClick={() => onAll("local")}>
        {messages.allMine()}
      </button>
      <button type="button" data-kind="plain" onClick={() => onAll("remote")}>
        {messages.allTheirs()}
      </button>
      <span data-tandem="space" />
      <button type="button" onClick={onCancel}>
        {messages.decideLater()}
      </button>
      <button type="button" data-kind="primary" aria-disabled={!isReady} onClick={onApply}>
        {messages.apply()}
      </button>
    </>
  );
}

/** A later change of the other side: its author, the fields that it changed, and those whose choice no longer held. */
interface Moved {
  readonly by: string;
  readonly fields: readonly string[];
  readonly again: readonly string[];
}

/** The choices made so far. When the other side changes again, those that still hold are kept, and the rest is asked anew. */
function useChoices(conflict: DialogConflict | undefined): readonly [Choices, (choices: Choices) => void, moved: string | undefined] {
  const { announcer, messages } = useTandemContext();
  const [moved, setMoved] = useState<Moved>();
  const [choices, setChoices] = useState<Choices>({});
  const known = useRef<readonly DialogField[]>(undefined);
  const fields = conflict?.fields;
  const textOf = ({ by, fields: changed, again }: Moved, chosen: Choices) =>
    messages.movedOn(by, changed.map(messages.field), again.filter((name) => !chosen[name]).map(messages.field));
  useEffect(() => {
    if (!conflict || !fields || known.current === fields) return;
    const before = known.current;
    known.current = fields;
    // The dialog itself is read when it opens: its heading has the focus.
    if (!before) return;
    const held = stillHold(choices, fields);
    setChoices(held);
    const changed = movedFields(before, fields);
    if (changed.length === 0) return;
    const now = { by: conflict.remoteBy?.name || messages.somebody(), fields: changed, again: undecided(held, fields).filter((name) => choices[name]) };
    setMoved(now);
    announcer.say(textOf(now, held), "assertive");
  }, [conflict, fields, announcer, messages]);
  return [choices, setChoices, moved && textOf(moved, choices)];
}

/** Returns the fields whose other side is another one than before. */
function movedFields(before: readonly DialogField[], fields: readonly DialogField[]): readonly string[] {
  const remoteOf = (name: string) => before.find((each) => each.field === name)?.remote;
  return fields.filter(({ field, remote }) => JSON.stringify(remoteOf(field)) !== JSON.stringify(remote)).map(({ field }) => field);
}

function useApply(choices: Choices, fields: readonly DialogField[], onApply: ConflictDialogProps["onApply"]) {
  const { announcer, messages } = useTandemContext();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const complain = (text: string) => {
    setProblem(text);
    announcer.say(text, "assertive");
  };
  const apply = async () => {
    if (busy || fields.length === 0) return;
    const missing = undecided(choices, fields);
    if (missing.length > 0) return complain(messages.chooseEach(missing.map(messages.field)));
    setBusy(true);
    setProblem(undefined);
    try {
      await onApply({ resolution: resolutionOf(choices, fields), values: resolvedValues(choices) });
    } catch (error) {
      // A conflict that has moved on is another question, which the dialog shows by itself.
      const movedOn = error instanceof TandemError && error.code.endsWith("Conflict");
      if (!movedOn) complain(`${messages.notResolved()} ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      setBusy(false);
    }
  };
  return { apply, problem, busy };
}
