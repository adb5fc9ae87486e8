import { request, type Link } from "../connection/link.js";
import { TandemError } from "../errors.js";
import { absorbWhole } from "../store/absorb.js";
import { rootField, selectionOf, type EntityTypeName } from "../store/types.js";
import type { Core, PersonFields } from "./core.js";
import { personSelection } from "./documents.js";
import type { EntityState } from "./live.js";
import { personOf } from "./mapping.js";
import type { Node } from "./page.js";

interface Answer {
  readonly answer: { readonly __typename: string; readonly message?: string; readonly entity?: Node };
}

interface Deletions {
  readonly activity: { readonly nodes: readonly { readonly timestamp: string; readonly actor: PersonFields | null }[] };
}

const deletionOf = `query Deletion($id: ID!) {
  activity(filter: { entityIds: [$id], types: [DELETE] }, first: 1) { nodes { timestamp actor { ${personSelection} } } }
}`;

const deletion = `mutation DeleteEntity($input: DeleteEntityInput!) {
  answer: deleteEntity(input: $input) { __typename ... on Problem { message } ... on EntityDeleted { entityId version } }
}`;

function restoration(type: EntityTypeName): string {
  return `mutation RestoreEntity($input: RestoreEntityInput!) {
  answer: restoreEntity(input: $input) { __typename ... on Problem { message } ... on ${type}Saved { entity: ${rootField(type)} { ${selectionOf(type)} } } }
}`;
}

/** Deletes an entity at the version that is shown. Rejects if the server refuses, except for an entity that is gone already. */
export async function deleteEntity({ link, entities }: Core, id: string): Promise<void> {
  const answer = await send(link, deletion, { id, baseVersion: entities.view(id)?.version ?? 0 });
  if (answer.__typename !== "EntityDeleted" && answer.__typename !== "EntityGone") throw refusal(answer);
}

/** Restores a deleted entity, and adds it to the store. Rejects if the server refuses. */
export async function restoreEntity({ link, entities }: Core, type: EntityTypeName, id: string): Promise<void> {
  const answer = await send(link, restoration(type), { id });
  if (!answer.__typename.endsWith("Saved")) throw refusal(answer);
  if (answer.entity) absorbWhole(entities, answer.entity);
}

/** Reads when and by whom an entity was deleted. Resolves to undefined if it was not, or if the person may not know. */
export async function readDeletion({ link }: Core, id: string): Promise<EntityState["deleted"]> {
  const { activity: { nodes: [event] } } = await request<Deletions, { id: string }>(link, deletionOf, { id });
  return event && { by: personOf(event.actor), at: new Date(event.timestamp) };
}

async function send(link: Link, query: string, input: object): Promise<Answer["answer"]> {
  const { answer } = await request<Answer, { input: object }>(link, query, { input: { ...input, clientMutationId: crypto.randomUUID() } });
  return answer;
}

function refusal({ __typename, message = "" }: Answer["answer"]): TandemError {
  return new TandemError(__typename, message);
}
