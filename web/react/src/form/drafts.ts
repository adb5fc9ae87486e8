import type { Viewer } from "@tandem/client";
import { ownOnly, type Kept } from "./model.js";

/**
 * Returns the name under which a form's text is kept. It names the person, so that nobody else of the same browser is offered it.
 * `form` is the id of the entity and that of the form.
 */
export function draftName({ organizationId, user }: Viewer, form: string): string {
  return `tandem:draft:${organizationId}:${user.id}:${form}`;
}

/** Keeps a text until the browser's tab is closed; without one, forgets what was kept. Without storage it does nothing. */
export function keepDraft(name: string, kept: Kept): void {
  try {
    if (Object.keys(kept).length === 0) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, JSON.stringify(kept, asText));
  } catch {
    // Storage is full or forbidden: then there is no draft, which takes nothing from the person that was saved.
  }
}

/** Returns a text that was kept; undefined if there is none. */
export function readDraft(name: string): Kept | undefined {
  try {
    const kept = sessionStorage.getItem(name);
    return kept === null ? undefined : (JSON.parse(kept, asValue) as Kept);
  } catch {
    return undefined;
  }
}

/** Forgets all texts that were kept for a person. */
export function forgetDrafts(viewer: Viewer): void {
  for (const name of draftsOf(viewer)) keepDraft(name, {});
}

/** Forgets the values of others on which texts about an entity are based, or about any entity. The texts themselves are kept. */
export function sealDrafts(viewer: Viewer, entityId: string | null): void {
  for (const name of draftsOf(viewer, entityId === null ? "" : `${entityId}:`)) keepDraft(name, ownOnly(readDraft(name) ?? {}));
}

function draftsOf(viewer: Viewer, form = ""): readonly string[] {
  try {
    return Object.keys(sessionStorage).filter((name) => name.startsWith(draftName(viewer, form)));
  } catch {
    return []; // Storage is forbidden: nothing was kept.
  }
}

// JSON.stringify hands times over as texts already, so the holder is asked.
function asText(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const original = this[key];
  return original instanceof Date ? { $date: original.toISOString() } : value;
}

function asValue(_key: string, value: unknown): unknown {
  const date = (value as { readonly $date?: unknown } | null)?.$date;
  return typeof date === "string" ? new Date(date) : value;
}
