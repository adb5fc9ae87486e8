import { clientOf, createCustomer, watching } from "../../../testing/crm.js";
import type { Server } from "../../../testing/server.js";
import { organization, type Person } from "../../../testing/token.js";
import type { TandemOptions } from "../../src/tandem.js";

/** Ada, who owns some customers that Ben made, and so has as many notifications. */
export async function adaWithCustomers(server: Server, count: number) {
  const hire = organization();
  const [ada, ben, boss] = [hire("Ada"), hire("Ben"), hire("Boss", "ADMIN")];
  for (const each of [ada, boss]) await server.ask(each, "{ viewer { role } }");
  const ids: string[] = [];
  for (let n = 1; n <= count; n++) ids.push(await createCustomer(server, ben, { name: `customer ${n}`, ownerId: ada.id }));
  return { ada, ben, boss, ids };
}

/** Makes a person the owner of `count` more customers, in any order. */
export async function assign(server: Server, by: Person, owner: Person, count: number): Promise<void> {
  let left = count;
  const some = async () => {
    while (left-- > 0) await createCustomer(server, by, { name: "one more", ownerId: owner.id });
  };
  await Promise.all(Array.from({ length: 8 }, some));
}

/** A tab of a person whose inbox is live and followed. */
export async function tabOf(url: string, person: Person, options: Partial<TandemOptions> = {}) {
  const tandem = clientOf(url, person, { transports: ["ws"], ...options });
  const seen = watching(tandem.inbox);
  await seen.until("inbox", ({ status }) => status === "live");
  await seen.until("connection", () => tandem.status.get().state === "connected" && !tandem.status.get().catchingUp);
  return { tandem, seen, ids: () => tandem.inbox.get().items.map(({ id }) => id), unread: () => tandem.inbox.get().unread };
}

/** Returns the ids of a person's notifications, the newest first. */
export async function allIds(server: Server, person: Person): Promise<string[]> {
  const ids: string[] = [];
  const query = "query ($after: Cursor) { notifications(first: 100, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } } }";
  for (let after: string | undefined, hasMore = true; hasMore;) {
    const { notifications } = await server.ask<{ notifications: Page }>(person, query, { after });
    ids.push(...notifications.nodes.map(({ id }) => id));
    ({ endCursor: after, hasNextPage: hasMore } = notifications.pageInfo);
  }
  return ids;
}

interface Page {
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
}
