"use client";

import type { EntityState, LiveEntity } from "@tandem/client";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTandemContext } from "../provider/context.js";
import { keptOf, type FormModel } from "./model.js";

/** How a form hands its edits over. */
export interface Saving {
  readonly saving: boolean;
  /** Why the last edit was not taken, for people. */
  readonly failure: string | undefined;
  /** Hands the dirty fields over, or those of them with these names. A second call while one is on does nothing. */
  readonly submit: (names?: readonly string[]) => Promise<void>;
}

/** Hands the edits of a form over to the outbox, and puts the text of refused ones back into the form. */
export function useSaving(model: FormModel, live: LiveEntity, state: EntityState): Saving {
  const busy = useRef(false);
  const [saving, setSaving] = useState(false);
  const [failure, setFailure] = useState<string>();
  const submit = useCallback(async (names?: readonly string[]) => {
    const edit = busy.current ? undefined : model.edit(names);
    if (!edit) return;
    busy.current = true;
    setSaving(true);
    setFailure(undefined);
    try {
      await live.save(edit.patch, edit.bases);
      model.receive(live.get());
      model.handedOver(edit);
    } catch (error) {
      // The outbox is full. The text is still in the form.
      setFailure(error instanceof Error ? error.message : String(error));
    } finally {
      busy.current = false;
      setSaving(false);
    }
  }, [model, live]);
  useRefusals(model, state, setFailure);
  return { saving, failure, submit };
}

function useRefusals(model: FormModel, { refused }: EntityState, setFailure: (message: string) => void): void {
  const { tandem, announcer, messages } = useTandemContext();
  useEffect(() => {
    if (!refused) return;
    const { refusal, clientMutationId } = refused;
    const record = tandem.outbox.get().records.find((each) => each.clientMutationId === clientMutationId);
    const sentences = new Map(refusal.fields?.map(({ field, message }) => [field, `${messages.field(field)} ${message}.`]));
    const reason = sentences.size > 0 ? [...sentences.values()].join(" ") : refusal.message;
    if (record) model.restore(keptOf(record), (name) => sentences.get(name));
    // From here on the form has the text, and keeps it as a draft.
    void tandem.outbox.discard(clientMutationId);
    setFailure(reason);
    announcer.say(`${messages.refused()} ${reason}`, "assertive");
  }, [refused, tandem, announcer, messages, model, setFailure]);
}
