"use client";

import type { EntityData, EntityTypeName } from "@tandem/client";
import { useCallback, useEffect, useId, useMemo, useRef, useState, type ReactNode } from "react";
import { ConflictResolutionModal } from "../conflict/ConflictResolutionModal.js";
import { useConflictHandler, type ConflictHandler } from "../live/useConflictHandler.js";
import { typeNamed } from "../live/entityKey.js";
import { useEntity, type InitialEntity } from "../live/useEntity.js";
import { useRoom } from "../live/usePresence.js";
import { useTandemContext } from "../provider/context.js";
import { isControl } from "../values/controls.js";
import { FormContext, type FormContextValue } from "./context.js";
import { Editing } from "./editing.js";
import { FormBody } from "./FormBody.js";
import { FormModel } from "./model.js";
import { Notices } from "./Notices.js";
import { useAutosave } from "./useAutosave.js";
import { isVisible, useDraft } from "./useDraft.js";
import { useSaving } from "./useSaving.js";

/** The props of {@link CollaborativeForm}. */
export interface CollaborativeFormProps<T extends EntityData = EntityData> {
  /** The room of the people in the form, and the name of its drafts. */
  readonly formId: string;
  readonly entityType: EntityTypeName | Uncapitalize<EntityTypeName>;
  readonly entityId: string;
  /** The controls: plain ones with the `name` of a field, or those of your own with `useCollaborativeField`. */
  readonly children?: ReactNode;
  /** Decides conflicts. Without it, or where it returns nothing, the person decides in a dialog. */
  readonly onConflict?: ConflictHandler<T> | undefined;
  /** `save` waits for the form to be submitted; `autosave` saves 800 ms after the last keystroke, and when a field is left. */
  readonly mode?: "save" | "autosave" | undefined;
  /** The entity as a server has rendered it, with its position in the log. */
  readonly initial?: InitialEntity<T> | undefined;
  /** A control for a value of one's own in the dialog: see `ConflictResolutionModal`. */
  readonly renderCustom?: ConflictCustomControl | undefined;
  readonly classNames?: { readonly form?: string; readonly notices?: string } | undefined;
}

type ConflictCustomControl = NonNullable<Parameters<typeof ConflictResolutionModal>[0]["renderCustom"]>;

/**
 * A form over a live entity that several people edit at once. A field that nobody types into follows the entity. A field
 * that its person has changed keeps their text and shows what others set meanwhile. Each edit is based on what was on
 * screen at its first keystroke, so nothing is overwritten unseen.
 *
 * @example
 * ```tsx
 * <CollaborativeForm formId={`customer:${id}`} entityType="customer" entityId={id}>
 *   <label htmlFor="phone">Phone</label>
 *   <FieldPresence name="phone"><input id="phone" name="phone" /></FieldPresence>
 *   <button>Save</button>
 * </CollaborativeForm>
 * ```
 */
export function CollaborativeForm<T extends EntityData = EntityData>(props: CollaborativeFormProps<T>) {
  return <OneForm key={useFormKey(props)} {...props} />;
}

/** Another entity, or another form, begins anew. A new entity that the server has given its id goes on. */
function useFormKey({ entityType, entityId, formId }: Pick<CollaborativeFormProps, "entityType" | "entityId" | "formId">): string {
  const { tandem } = useTandemContext();
  const name = `${entityType}:${entityId}:${formId}`;
  const [[shown, id, key], show] = useState([name, entityId, name]);
  if (shown === name) return key;
  const goesOn = id !== entityId && tandem.entity(typeNamed(entityType), id).id === entityId;
  const next = goesOn ? key : name;
  show([name, entityId, next]);
  return next;
}

function OneForm<T extends EntityData>(props: CollaborativeFormProps<T>) {
  const { children, classNames, renderCustom } = props;
  const element = useRef<HTMLFormElement>(null);
  const controls = useMemo(() => controlsOf(element), []);
  const { live, state, value, visible, failure, draft, conflict } = useForm(props);
  const onResolve = state.conflict && conflict.show;
  const notices = <Notices live={live} failure={failure} draft={draft} onResolve={onResolve} className={classNames?.notices} />;
  return (
    <FormContext.Provider value={value}>
      <FormBody form={element} className={classNames?.form} notices={notices}>
        {visible ? children : null}
      </FormBody>
      {state.conflict && !value.readOnly && (
        <ConflictResolutionModal
          isOpen={conflict.isOpen}
          conflictId={state.conflict.id}
          onCancel={conflict.hide}
          onResolve={conflict.hide}
          renderCustom={renderCustom}
          optionsOf={controls.optionsOf}
          order={conflict.isOpen ? controls.order() : undefined}
        />
      )}
    </FormContext.Provider>
  );
}

/** Follows the entity of a form, and gathers what the form shows and does. */
function useForm<T extends EntityData>({ formId, entityType, entityId, onConflict, mode = "save", initial }: CollaborativeFormProps<T>) {
  const [live, state] = useEntity<T>(typeNamed(entityType), entityId, initial);
  const model = useMemo(() => new FormModel(), []);
  useMemo(() => model.receive(state), [model]);
  const conflict = useDialog(state.conflict?.id, state.pending.length > 0);
  useConflictHandler(state, onConflict, conflict.appeared);
  const saving = useSaving(model, live, state);
  const visible = isVisible(state);
  const draft = useDraft(model, `${entityId}:${formId}`, live, visible);
  useEffect(() => {
    if (visible) model.receive(state);
    else model.seal();
  }, [model, state, visible]);
  const form = useFormValue(formId, model, state, saving);
  useAccessLoss(form.readOnly && state.status !== "loading", visible);
  const autosave = useAutosave(mode, model, saving.submit);
  const value = useMemo(() => ({ ...form, ...autosave }), [form, autosave]);
  return { live, state, value, visible, failure: saving.failure, draft, conflict };
}

/** The order of a form's controls, and the options of its selects, which the dialog of a conflict offers, too. */
function controlsOf(form: { readonly current: HTMLFormElement | null }) {
  return {
    order: () => [...(form.current?.elements ?? [])].filter(isControl).map((control) => control.name),
    optionsOf: (name: string) => {
      const control = form.current?.elements.namedItem(name);
      return control instanceof HTMLSelectElement && !control.multiple
        ? [...control.options].map(({ value, text }) => ({ value, text }))
        : undefined;
    },
  };
}

/** Joins the room of the form, and gathers the parts that its fields work with. */
function useFormValue(
  formId: string,
  model: FormModel,
  entity: FormContextValue["entity"],
  { saving, submit }: ReturnType<typeof useSaving>,
) {
  const [room, { users }] = useRoom(formId);
  const editing = useMemo(() => new Editing((own) => room.update(own)), [room]);
  useEffect(() => editing.start(), [editing]);
  const id = useId();
  const fixed = useMemo(
    () => ({ notesOf: (name: string) => `${id}-${name}`, boundByHook: new Map<string, number>(), placed: new Map<string, number>() }),
    [id],
  );
  const others = useMemo(() => users.filter((each) => !each.isSelf), [users]);
  const readOnly = entity.data === undefined || entity.status === "gone" || entity.status === "denied" || entity.access?.canEdit === false;
  return useMemo(
    () => ({ model, entity, others, editing, readOnly, saving, submit: () => submit(), ...fixed }),
    [model, entity, others, editing, readOnly, saving, submit, fixed],
  );
}

/**
 * Whether the dialog of a conflict is open. It opens by itself for an edit that this page has seen waiting; a conflict that
 * was there before, or that its person has put off, is only offered.
 */
function useDialog(id: string | undefined, waits: boolean) {
  const [open, setOpen] = useState<string>();
  const waited = useRef(false);
  useEffect(() => void (waited.current ||= waits && id === undefined), [waits, id]);
  const appeared = useCallback(() => waited.current && setOpen(id), [id]);
  const show = useCallback(() => setOpen(id), [id]);
  const hide = useCallback(() => setOpen(undefined), []);
  return { isOpen: id !== undefined && open === id, show, hide, appeared };
}

/** Announces at once that a person can no longer change what they are in. */
function useAccessLoss(readOnly: boolean, visible: boolean): void {
  const { announcer, messages } = useTandemContext();
  const before = useRef(readOnly);
  useEffect(() => {
    if (readOnly && !before.current) announcer.say(visible ? messages.readOnly() : messages.accessLost(), "assertive");
    before.current = readOnly;
  }, [readOnly, visible, announcer, messages]);
}
