import { expect } from "vitest";
import type { Office } from "./office.js";

/** The preferences of a person as the server has them. */
interface Stored {
  readonly channels: readonly { readonly kind: string; readonly channels: readonly string[]; readonly isDefault: boolean }[];
  readonly quietHours: { readonly from: string; readonly to: string } | null;
  readonly timeZone: string;
  readonly digest: string;
  readonly refusedEmail: string | null;
  readonly muted: readonly { readonly id: string }[];
  readonly pushContent: { readonly isShown: boolean; readonly isChosen: boolean };
}

/** Expects what the server has stored for a person to become as wanted. */
export async function expectStored(office: Office, person: string, wanted: (stored: Stored) => unknown, value: unknown): Promise<void> {
  const query = "{ notificationPreferences { channels { kind channels isDefault } quietHours { from to } timeZone digest refusedEmail muted { id } pushContent { isShown isChosen } } }";
  const read = async () => wanted((await office.ask<{ notificationPreferences: Stored }>(person, query, {})).notificationPreferences);
  await expect.poll(read, { interval: 100 }).toEqual(value);
}

/** Returns what is stored of a kind. */
export const of = (kind: string) => (stored: Stored) => stored.channels.find((each) => each.kind === kind);

/** Changes preferences without a page. */
export const setPreferences = "mutation ($input: NotificationPreferencesInput!) { setNotificationPreferences(input: $input) { __typename } }";
