/** The part of an entity that decides its place in a list. */
export interface Placed {
  readonly id: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The fields by which a list can be in order, by the beginnings of the orders of the schema. */
const sorting: Readonly<Record<string, string>> = {
  updated_at: "updatedAt", created_at: "createdAt", name: "displayName", scheduled_at: "scheduledAt",
  expected_close: "expectedCloseDate", amount: "amountMinor", starts_at: "startsAt",
};

/** Compares two entities in an order of the schema, as the server does: entities without the value come last. */
export function comparison(orderBy: string): (a: Placed, b: Placed) => number {
  const [, start = "", direction] = /^(.+)_(asc|desc)$/.exec(orderBy) ?? [];
  const field = sorting[start] ?? "updatedAt";
  const sign = direction === "asc" ? 1 : -1;
  return (a, b) => {
    const [one, other] = [keyOf(a, field), keyOf(b, field)];
    if (one === other) return a.id === b.id ? 0 : a.id < b.id ? -sign : sign;
    if (one === undefined || other === undefined) return one === undefined ? 1 : -1;
    return one < other ? -sign : sign;
  };
}

function keyOf({ fields }: Placed, field: string): string | number | undefined {
  const value = fields[field] as string | number | null | undefined;
  return field === "displayName" && typeof value === "string" ? folded(value) : (value ?? undefined);
}

/**
 * Returns what the server sorts a name by: its full case folding, in which ß is ss and ς is σ, in the order of its UTF-8
 * bytes. Of letters that Unicode has taken in since version 15, and of Cherokee, the place may differ.
 */
function folded(name: string): string {
  if (!/[^\0-\x7f]/.test(name)) return name.toLowerCase();
  const lower = name.normalize("NFD").toLowerCase().replace(/[^\0-\x7fı]/gu, (each) => each.toUpperCase().toLowerCase());
  return String.fromCharCode(...new TextEncoder().encode(lower.normalize()));
}
