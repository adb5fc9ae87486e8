import { rootField, selectionOf, type EntityTypeName } from "../store/types.js";

const problems = `
  ... on EntityGone { message deletedAt deletedBy { id name } }
  ... on InvalidInput { message fields { field message } }
  ... on AccessDenied { message readOnlyFields }`;

const state = "{ id version document }";

/** The selections that show all of a conflict. */
export const conflictSelection = `__typename id message entityType entityId baseVersion remoteVersion detectedAt resolution resolvedAt
  detectedFor { id name } resolvedBy { id name }
  conflictedFields {
    field base local remote baseText localText remoteText remoteChangedAt remoteChangedBy { id name }
    parts { __typename ... on AgreedText { text } ... on ClashingText { base local remote } }
  }
  baseState ${state} localState ${state} remoteState ${state}`;

function saved(type: EntityTypeName): string {
  return `... on ${type}Saved { cursor merged clientMutationId entity: ${rootField(type)} { ${selectionOf(type)} } }`;
}

/** The mutation that sends an edit of a type; `answer` is its result. */
export function updateDocument(type: EntityTypeName): string {
  return `mutation Update${type}($input: Update${type}Input!) {
  answer: update${type}(input: $input) { __typename ${saved(type)} ... on ${type}Conflict { ${conflictSelection} }${problems} }
}`;
}

/** The mutation that sends a new entity of a type. */
export function createDocument(type: EntityTypeName): string {
  return `mutation Create${type}($input: Create${type}Input!) {
  answer: create${type}(input: $input) { __typename ${saved(type)} ... on InvalidInput { message fields { field message } } ... on AccessDenied { message readOnlyFields } }
}`;
}

/** The mutation that resolves a conflict over an entity of a type. */
export function resolveDocument(type: EntityTypeName): string {
  return `mutation Resolve${type}Conflict($input: Resolve${type}ConflictInput!) {
  answer: resolve${type}Conflict(input: $input) { __typename ${saved(type)} ... on ${type}Conflict { ${conflictSelection} }${problems} }
}`;
}
