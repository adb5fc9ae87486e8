"use client";

import type { ConflictState } from "@tandem/client";
import { useEffect, useMemo, useRef } from "react";
import { useConflict, type ConflictView } from "../live/useConflict.js";
import { useTandemContext } from "../provider/context.js";
import { sameValue } from "../values/values.js";
import { ConflictDialog, type Decision, type DialogConflict } from "./ConflictDialog.js";
import type { OptionsOf, RenderCustom } from "./FieldChoice.js";
import { resolveSeen, useNewest } from "./newest.js";

/** The props of {@link ConflictResolutionModal}. Give `conflictId`, `conflict`, or both sides as data. */
export interface ConflictResolutionModalProps<T extends object = Record<string, unknown>> {
  readonly isOpen: boolean;
  /** An open conflict on the server: the dialog follows it, and resolves it there. */
  readonly conflictId?: string | undefined;
  /** A conflict that you resolve in `onResolve`. */
  readonly conflict?: ConflictState | undefined;
  /** Two states of anything: the fields that differ are decided on. */
  readonly localData?: T | undefined;
  readonly remoteData?: T | undefined;
  /** Called with the chosen values of the fields in conflict, on top of `remoteData`, once the server has accepted them. */
  readonly onResolve?: ((resolvedData: T) => void) | undefined;
  /** The person decides later, or the conflict was resolved elsewhere. The conflict stays open in the first case. */
  readonly onCancel?: (() => void) | undefined;
  /** Renders a control for a custom value, such as a list of people for an owner. */
  readonly renderCustom?: RenderCustom | undefined;
  /** The values that a field can have, in place of a text, such as the people who can own it. */
  readonly optionsOf?: OptionsOf | undefined;
  /** The order of the fields; that of the server, unless given. */
  readonly order?: readonly string[] | undefined;
  readonly classNames?: { readonly root?: string } | undefined;
}

/**
 * The dialog in which a person decides a conflict: for each field yours, theirs, or a value of one's own. Closing it leaves the conflict
 * open. When the other side changes again meanwhile, choices that still hold are kept.
 *
 * @example
 * ```tsx
 * const { conflict } = useLiveData({ key: `customer:${id}` });
 * const [later, setLater] = useState<string>();
 * return <ConflictResolutionModal isOpen={conflict !== undefined && conflict.id !== later} conflictId={conflict?.id} onCancel={() => setLater(conflict?.id)} />;
 * ```
 */
export function ConflictResolutionModal<T extends object = Record<string, unknown>>(props: ConflictResolutionModalProps<T>) {
  const { isOpen, conflictId, conflict, localData, remoteData, onResolve, onCancel, renderCustom, optionsOf, order, classNames } = props;
  if (!isOpen) return null;
  const common = { onCancel: () => onCancel?.(), renderCustom, optionsOf, className: classNames?.root };
  const resolved = ({ values }: Decision) => onResolve?.({ ...remoteData, ...values } as T);
  if (conflictId !== undefined) {
    return <LiveConflictDialog {...common} key={conflictId} id={conflictId} order={order} onResolved={resolved} />;
  }
  const shown = conflict ?? (localData && remoteData && differenceOf(localData, remoteData));
  return shown ? <ConflictDialog {...common} conflict={shown} onApply={async (decision) => resolved(decision)} /> : null;
}

/** Makes a conflict of two states. Nothing is known of who made the other one, or when. */
function differenceOf(local: object, remote: object): DialogConflict {
  const [mine, theirs] = [local as Record<string, unknown>, remote as Record<string, unknown>];
  const differing = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])].filter((key) => !sameValue(mine[key], theirs[key]));
  const fields = differing.map((field) => ({
    field,
    base: null,
    local: mine[field] ?? null,
    remote: theirs[field] ?? null,
    baseText: "",
    localText: "",
    remoteText: "",
    parts: undefined,
  }));
  return { fields, keptFields: [], remoteBy: null, remoteAt: undefined, movedOn: 0 };
}

interface LiveConflictDialogProps {
  readonly id: string;
  readonly onResolved: (decision: Decision) => void;
  readonly onCancel: () => void;
  readonly renderCustom: RenderCustom | undefined;
  readonly optionsOf: OptionsOf | undefined;
  readonly order: readonly string[] | undefined;
  readonly className: string | undefined;
}

function LiveConflictDialog({ id, onResolved, onCancel, renderCustom, optionsOf, order, className }: LiveConflictDialogProps) {
  const { tandem } = useTandemContext();
  const conflict = useOrdered(useNewest(useConflict(id)), order);
  const { status, fields } = conflict;
  const over = status === "resolved" || status === "gone";
  const decided = useFarewell(conflict);
  const cancel = () => {
    decided.current = true;
    onCancel();
  };
  useEffect(() => {
    if (over) onCancel();
  }, [over, onCancel]);
  const apply = async (decision: Decision) => {
    decided.current = true;
    try {
      await resolveSeen(tandem.conflict(id), fields, decision.resolution);
    } catch (error) {
      decided.current = false;
      throw error;
    }
    onResolved(decision);
  };
  return (
    <ConflictDialog
      id={id}
      conflict={status === "loading" ? undefined : conflict}
      onApply={apply}
      onCancel={cancel}
      renderCustom={renderCustom}
      optionsOf={optionsOf}
      className={className}
    />
  );
}

/** Puts the fields of a conflict into an order; fields that it does not name come last. */
function useOrdered(conflict: ConflictView, order: readonly string[] | undefined): ConflictView {
  const key = order?.join();
  return useMemo(() => {
    const place = (field: string) => (order?.indexOf(field) ?? -1) >>> 0;
    return key === undefined ? conflict : { ...conflict, fields: [...conflict.fields].sort((a, b) => place(a.field) - place(b.field)) };
  }, [conflict, key]);
}

/** Says a word when the dialog goes without a decision of its person: the conflict was resolved elsewhere. */
function useFarewell({ resolvedBy }: ConflictState) {
  const { announcer, messages, tandem } = useTandemContext();
  const decided = useRef(false);
  const by = useRef(resolvedBy);
  useEffect(() => void (by.current = resolvedBy), [resolvedBy]);
  const gone = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    // StrictMode ends effects once and starts them again.
    clearTimeout(gone.current);
    return () => {
      const self = tandem.viewer.get()?.user.id;
      const name = by.current && by.current.id !== self ? by.current.name : undefined;
      // The dialog has to be closed first: what is outside of it is inert until then.
      if (!decided.current) gone.current = setTimeout(() => announcer.show(messages.resolvedElsewhere(name)));
    };
  }, [announcer, messages, tandem]);
  return decided;
}
