"use client";

import type { EntityData, EntityState, ReadableState } from "@tandem/client";
import { useCallback, useEffect, useRef, useState } from "react";
import { useReadable } from "../live/useReadable.js";
import { useTandemContext } from "../provider/context.js";
import { draftName, keepDraft, readDraft } from "./drafts.js";
import { ownOnly, type FormModel, type Kept } from "./model.js";
import { holdUnclaimed } from "./unclaimed.js";

/** How often the text is written down while somebody types. */
const every = 500;

/** A text that its person left unsaved at an earlier visit. */
export interface Draft {
  readonly offered: Kept;
  use(): void;
  discard(): void;
}

/** Reports whether a person may see an entity, as far as is known. */
export function isVisible({ status, data, deleted }: EntityState<EntityData>): boolean {
  if (status === "live") return data !== undefined;
  return status !== "denied" && (status !== "gone" || deleted !== undefined);
}

/**
 * Keeps the unsaved text of a form for its person, and returns the one of an earlier visit until they decide. While the
 * entity is not visible to them, no value of others is kept, also when the page replaces the form as soon as access is lost.
 */
export function useDraft(model: FormModel, form: string, live: ReadableState<EntityState<EntityData>>, visible: boolean): Draft | undefined {
  const { tandem } = useTandemContext();
  const viewer = useReadable(tandem.viewer, undefined);
  const name = viewer && draftName(viewer, form);
  const [offered, setOffered] = useState<Kept>();
  const undecided = useRef<Kept>(undefined);
  const offer = useCallback((draft: Kept | undefined) => setOffered((undecided.current = draft)), []);
  useEffect(() => {
    if (name === undefined) return holdUnclaimed(model, form, tandem);
    offer(readDraft(name));
    return keepWriting(name, model, () => {
      const kept = { ...undecided.current, ...model.kept() };
      // A form that goes has not rendered the loss of access, so the entity itself is asked.
      return tandem.viewer.get() && (isVisible(live.get()) ? kept : ownOnly(kept));
    });
  }, [name, model, form, live, tandem, offer]);
  useEffect(() => {
    if (visible || name === undefined) return;
    offer(undecided.current && ownOnly(undecided.current));
    keepDraft(name, ownOnly({ ...undecided.current, ...model.kept() }));
  }, [visible, name, model, offer]);
  if (!offered) return undefined;
  return {
    offered,
    use: () => {
      offer(undefined);
      model.restore(offered);
    },
    discard: () => {
      offer(undefined);
      if (name !== undefined) keepDraft(name, model.kept());
    },
  };
}

/**
 * Writes a text down when it changes, and first what was typed before its person was known. Without one, because its person
 * has signed out, nothing is written.
 */
function keepWriting(name: string, model: FormModel, text: () => Kept | undefined): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined = setTimeout(() => write(), every);
  const write = () => {
    clearTimeout(timer);
    timer = undefined;
    const kept = text();
    if (kept) keepDraft(name, kept);
  };
  const end = model.fields.subscribe(() => void (timer ??= setTimeout(write, every)));
  addEventListener("pagehide", write);
  return () => {
    end();
    removeEventListener("pagehide", write);
    write();
  };
}
