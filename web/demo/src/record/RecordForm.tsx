import { CloudOff } from "lucide-react";
import type { EntityTypeName } from "@tandem/client";
import { CollaborativeForm, FieldPresence, useCollaborativeForm, useSeen } from "@tandem/react";
import { useId, type Ref } from "react";
import { CustomerField } from "../create/CustomerField.js";
import { fieldsOf, type FormField } from "../create/fields.js";
import { count } from "../format/words.js";
import { roomOf } from "../live/entities.js";
import { useMembers } from "../live/useMembers.js";
import { AmountField } from "./AmountField.js";

/** The fields of an entity, as several people edit them at once. */
export function RecordForm({ type, id }: { readonly type: EntityTypeName; readonly id: string }) {
  const room = roomOf(type, id);
  const seen = useSeen(room, ({ comments }) => comments === 0);
  return (
    <CollaborativeForm formId={room} entityType={type} entityId={id} classNames={{ form: "record-form" }}>
      {fieldsOf(type).map((field) => <Field key={field.name} field={field} />)}
      <Foot ref={seen} />
    </CollaborativeForm>
  );
}

function Field({ field }: { readonly field: FormField }) {
  const id = useId();
  if (field.name === "amount") return <AmountField label="Amount" />;
  return (
    <div className="field">
      <label htmlFor={id}>{field.label}</label>
      <FieldPresence name={field.name}>
        <Control id={id} field={field} />
      </FieldPresence>
    </div>
  );
}

function Control({ id, field }: { readonly id: string; readonly field: FormField }) {
  const common = { id, name: field.name, className: "input" };
  switch (field.kind) {
    case "text": return <textarea {...common} rows={5} />;
    case "choice": return <select {...common}>{field.options?.map(([value, label]) => <option key={value} value={value}>{label}</option>)}</select>;
    case "owner": return <OwnerControl {...common} />;
    case "customer": return <CustomerField id={id} name={field.name} />;
    default: return <input {...common} type={field.kind === "line" ? "text" : field.kind} autoComplete="off" />;
  }
}

function OwnerControl(common: { readonly id: string; readonly name: string; readonly className: string }) {
  const members = useMembers();
  return (
    // The choice is written into a new control once the people are known.
    <select key={members.length} {...common}>
      <option value="">Nobody</option>
      {members.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
    </select>
  );
}

/** The number of unsaved fields, with the buttons that save and discard them. It is in view wherever the form is. */
function Foot({ ref }: { readonly ref: Ref<HTMLDivElement> }) {
  const { dirty, pending, readOnly, discard } = useCollaborativeForm();
  const unsaved = dirty.length > 0;
  return (
    <div ref={ref} className="record-foot">
      <button type="submit" className={unsaved ? "button primary" : "button"} disabled={readOnly}>Save</button>
      {unsaved && <button type="button" className="button quiet" onClick={discard}>Discard</button>}
      <span className="faint push row tight" role="status">
        {unsaved ? count(dirty.length, "unsaved field") : pending.length > 0 && <><CloudOff aria-hidden /> Kept on this device</>}
      </span>
    </div>
  );
}
