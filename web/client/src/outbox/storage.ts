import type { Reading } from "../store/record.js";
import type { Records } from "./queue.js";

/** A message from one tab to the others of the same person about their outbox. */
export interface News {
  /** Entities that an answer showed, so that every tab has the version in which an edit is applied. */
  readonly readings: readonly Reading[];
  /** The id of the outbox and the id of the server of an entity that was created. */
  readonly created?: readonly [string, string] | undefined;
  /** The record that its person gave up. Any other record that is gone was saved. */
  readonly undone?: string | undefined;
}

/** The news of a record that is gone because its person gave it up, and not because it was saved. */
export function undoing(undone: string | undefined): News | undefined {
  return undone === undefined ? undefined : { readings: [], undone };
}

/** Where an outbox keeps its records, for one person. All tabs of the person share it. */
export interface OutboxStorage {
  /** Replaces the records in one transaction, and resolves to them when they are kept. `news` is for the other tabs, and made then. */
  change(replace: (records: Records) => Records, news?: () => News | undefined): Promise<Records>;
  /** Tells a listener that another tab changed the records, until the returned function is called. */
  listen(listener: (news: News | undefined) => void): () => void;
  /** Whether the records outlive the page. */
  readonly durable: boolean;
  close(): void;
}

/** Keeps records as long as the page lives: in a private window, or where the browser refuses to keep anything. */
export function memoryStorage(): OutboxStorage {
  let kept: Records = [];
  return {
    durable: false,
    change: (replace) => new Promise((resolve) => resolve((kept = replace(kept)))),
    listen: () => () => undefined,
    close: () => undefined,
  };
}
