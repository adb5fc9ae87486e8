/** The types of entities, with the fields that a patch of each can set. A test compares this with the schema. */
export const entityTypes = {
  Call: [
    "customerId",
    "subject",
    "direction",
    "status",
    "ownerId",
    "scheduledAt",
    "startedAt",
    "durationSeconds",
    "outcome",
    "notes",
    "visibility",
  ],
  Customer: ["name", "email", "phone", "company", "status", "ownerId", "tags", "notes", "visibility"],
  Deal: ["customerId", "title", "amountMinor", "currency", "stage", "ownerId", "expectedCloseDate", "notes", "visibility"],
  Meeting: ["customerId", "title", "status", "ownerId", "startsAt", "endsAt", "location", "agenda", "notes", "attendeeIds", "visibility"],
} as const;

/**
 * The name of a type of entities in the schema.
 *
 * @example
 * ```ts
 * const type: EntityTypeName = "Customer";
 * ```
 */
export type EntityTypeName = keyof typeof entityTypes;

/** Returns the field of the root types for a type: `customer` for `Customer`. */
export function rootField(type: EntityTypeName): string {
  return type.charAt(0).toLowerCase() + type.slice(1);
}

/** Returns the selections that show all of an entity. */
export function selectionOf(type: EntityTypeName): string {
  const fields = entityTypes[type].map((field) => {
    if (field === "customerId") return "customer { id displayName }";
    if (field === "ownerId") return "owner { id name avatar }";
    return field === "attendeeIds" ? "attendees { id name avatar }" : field;
  });
  return `__typename id version cursor displayName createdAt updatedAt updatedBy { id name avatar } deletedAt ${fields.join(" ")}`;
}
