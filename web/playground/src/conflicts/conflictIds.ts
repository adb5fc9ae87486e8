/** Conflicts have ids of their own kind. */
const isConflictId = (id: unknown): id is string => typeof id === "string" && id.startsWith("cfl_");

/** An answer with more is a list to look through, not something to decide on now. */
const most = 5;

/**
 * Returns the ids of the conflicts in an answer, wherever they are.
 *
 * @example
 * conflictIds({ data: { updateCustomer: { id: "cfl_06h2cey4pv4fc0wqf8fc092dwg" } } }); // ["cfl_06h2cey4pv4fc0wqf8fc092dwg"]
 */
export function conflictIds(answer: unknown): string[] {
  const found = new Set<string>();
  const look = (json: unknown): void => {
    if (typeof json !== "object" || json === null || found.size >= most) return;
    if ("id" in json && isConflictId(json.id)) found.add(json.id);
    Object.values(json).forEach(look);
  };
  look(answer);
  return [...found];
}
