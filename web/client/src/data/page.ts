import { request, type Link } from "../connection/link.js";
import { PositionDocument } from "../graphql/documents.js";
import type { PersonFields } from "./core.js";
import { absorbWhole } from "../store/absorb.js";
import { Entities } from "../store/entities.js";
import type { Reading } from "../store/record.js";
import type { EntityTypeName } from "../store/types.js";
import { pageDocument } from "./documents.js";
import type { EntityAccess, Viewer } from "./live.js";
import { lower } from "./mapping.js";

/** An entity as a page shows it. */
export interface Node {
  readonly id: string;
  readonly version: number;
  readonly viewerAccess?: EntityAccess | undefined;
  readonly [field: string]: unknown;
}

/** A page of a list of entities. `asOf` is a position of the log before everything that the page shows. */
export interface Page {
  readonly asOf: string;
  readonly totalCount: number;
  readonly totalCountIsExact: boolean;
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
  readonly nodes: readonly Node[];
}

/** A change of an entity, as the subscription to a list sends it. */
export interface ListChange {
  readonly cursor: string;
  readonly kind: string;
  readonly transition: "ENTERED" | "STAYED" | "LEFT";
  readonly entityId: string;
  readonly version: number;
  readonly fromVersion: number;
  readonly timestamp: string;
  readonly clientMutationId: string | null;
  readonly actor: PersonFields | null;
  readonly changes: readonly { readonly field: string; readonly oldValue: unknown; readonly newValue: unknown }[];
}

interface Asked {
  readonly type: EntityTypeName;
  readonly filter: Readonly<Record<string, unknown>>;
  readonly orderBy?: string | undefined;
  readonly first: number;
  readonly after?: string | null;
  /** Whether to read the rights to each entity, too. */
  readonly access?: boolean;
}

interface PageAnswer {
  readonly page: Page;
  /** Only where the rights are asked for. */
  readonly viewer?: { readonly role: string };
}

/** Reads a page, and adds what it shows to the store. */
export async function readPage(link: Pick<Link, "execute">, entities: Entities, asked: Asked): Promise<Page> {
  const { type, access = false, ...variables } = asked;
  const begun = entities.now();
  const { page, viewer } = await request<PageAnswer, Record<string, unknown>>(link, pageDocument(type, access), variables);
  for (const node of page.nodes) absorbWhole(entities, node, begun);
  if (!viewer) return page;
  const role = lower<Viewer["role"]>(viewer.role);
  return { ...page, nodes: page.nodes.map((node) => ({ ...node, viewerAccess: node.viewerAccess && { ...node.viewerAccess, role } })) };
}

/** Reads the present position of the log. Data that is read afterwards can be followed from there. */
export async function positionOf(link: Pick<Link, "execute">): Promise<string> {
  return (await request(link, PositionDocument, {})).customers.asOf;
}

/** Reads an entity as it is now, apart from everything that is known of it. */
export async function readApart(link: Pick<Link, "execute">, type: EntityTypeName, id: string): Promise<Reading | undefined> {
  const apart = new Entities();
  await readPage(link, apart, { type, filter: { ids: [id] }, first: 1 });
  return apart.reading(id);
}
