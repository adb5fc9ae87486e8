import { entityTypes, rootField, selectionOf, type EntityTypeName } from "../store/types.js";

/** The selections that show a person. */
export const personSelection = "id name avatar";

/** The query of a page of a type. `page` is the list. With `access`, it has the rights to each entity, and the role that they come from. */
export function pageDocument(type: EntityTypeName, access: boolean): string {
  const rights = access ? "viewerAccess { id canEdit canDelete readOnlyFields }" : "";
  const role = access ? "viewer { role }" : "";
  return `query ${type}Page($filter: ${type}Filter, $orderBy: EntityOrder, $first: Int, $after: String) {
  page: ${rootField(type)}s(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    asOf totalCount totalCountIsExact pageInfo { endCursor hasNextPage } nodes { ${selectionOf(type)} ${rights} }
  }
  ${role}
}`;
}

/** The subscription to a list of a type. Its only field is the change. */
export function changesDocument(type: EntityTypeName): string {
  const root = rootField(type);
  return `subscription ${type}Changes($filter: ${type}Filter, $after: Cursor) {
  change: ${root}Changed(filter: $filter, after: $after) {
    cursor kind transition entityId version fromVersion timestamp clientMutationId
    actor { ${personSelection} } changes { field oldValue newValue } state { document }
    ${root} { __typename id version createdAt updatedAt ${nodesOf(type)} }
  }
}`;
}

/** The nodes that an entity refers to, for their names: the ids are in the state of a change. */
function nodesOf(type: EntityTypeName): string {
  const fields: readonly string[] = entityTypes[type];
  const customer = fields.includes("customerId") ? "customer { id displayName }" : "";
  const attendees = fields.includes("attendeeIds") ? `attendees { ${personSelection} }` : "";
  return `owner { ${personSelection} } updatedBy { ${personSelection} } ${customer} ${attendees}`;
}
