import type { EntityTypeName } from "@tandem/client";
import { useOutbox } from "@tandem/react";
import { useId, useRef, useState, type FormEvent } from "react";
import { useLocation } from "wouter";
import { pathOf, typeWords } from "../live/entities.js";
import { useMembers } from "../live/useMembers.js";
import { useDemo } from "../session/context.js";
import { Dialog } from "../ui/Dialog.js";
import { Keys } from "../keys/Keys.js";
import { CustomerField } from "./CustomerField.js";
import { fieldsOf, valuesOf, type FormField } from "./fields.js";

interface CreateDialogProps {
  readonly type: EntityTypeName;
  /** The values at the start, by field. */
  readonly initial?: Readonly<Record<string, string>> | undefined;
  onClose(): void;
}

/** Asks for the fields of a new entity. It is there at once, also without a connection, and goes to the server when it can. */
export function CreateDialog({ type, initial = {}, onClose }: CreateDialogProps) {
  const { create } = useOutbox();
  const [, go] = useLocation();
  const [problem, setProblem] = useState("");
  const { one } = typeWords[type];
  const creating = useRef(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (creating.current) return;
    const read = valuesOf(type, new FormData(event.currentTarget));
    if (typeof read === "string") return setProblem(read);
    creating.current = true;
    try {
      const { entityId } = await create(type, read);
      onClose();
      go(pathOf(type, entityId));
    } catch (error) {
      creating.current = false;
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const submitByKey = (event: { key: string; metaKey: boolean; ctrlKey: boolean; currentTarget: HTMLFormElement }) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) event.currentTarget.requestSubmit();
  };
  return (
    <Dialog title={`New ${one}`} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} onKeyDown={submitByKey}>
        <div className="dialog-form">
          {fieldsOf(type).map((field, index) => (
            <Field key={field.name} field={field} first={index === 0} initial={initial[field.name]} />
          ))}
          {problem && <p role="alert" className="problem">{problem}</p>}
        </div>
        <div className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>Cancel</button>
          <button type="submit" className="button primary">Create <Keys keys="mod+enter" /></button>
        </div>
      </form>
    </Dialog>
  );
}

function Field({ field, first, initial }: { readonly field: FormField; readonly first: boolean; readonly initial: string | undefined }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{field.label}</label>
      <Control id={id} field={field} first={first} initial={initial ?? field.initial?.() ?? ""} />
    </div>
  );
}

interface ControlProps {
  readonly id: string;
  readonly field: FormField;
  readonly first: boolean;
  readonly initial: string;
}

function Control({ id, field, first, initial }: ControlProps) {
  const common = { id, name: field.name, className: "input", defaultValue: initial, autoFocus: first, required: field.required };
  switch (field.kind) {
    case "text": return <textarea {...common} rows={3} />;
    case "choice": return <select {...common}>{field.options?.map(([value, label]) => <option key={value} value={value}>{label}</option>)}</select>;
    case "owner": return <OwnerControl id={id} name={field.name} />;
    case "customer": return <CustomerField id={id} name={field.name} initial={initial} />;
    default: return <input {...common} type={field.kind === "line" ? "text" : field.kind} {...(field.kind === "number" ? { min: 0, step: "0.01", inputMode: "decimal" as const } : {})} />;
  }
}

function OwnerControl({ id, name }: { readonly id: string; readonly name: string }) {
  const members = useMembers();
  const { person } = useDemo();
  // The members may come after the form: the choice is made once they are here.
  return (
    <select key={members.length} id={id} name={name} className="input" defaultValue={person.id}>
      <option value="">Nobody</option>
      {members.map((member) => <option key={member.id} value={member.id}>{member.name}</option>)}
    </select>
  );
}
