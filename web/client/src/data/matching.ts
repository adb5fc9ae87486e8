type Fields = Readonly<Record<string, unknown>>;

/**
 * Decides whether an entity matches a filter, for edits that the server does not have yet. Undefined if that can't be
 * decided here: only the server can search.
 */
export function matches(filter: Fields, id: string, fields: Fields): boolean | undefined {
  const { ownerId: _, ownerIds, unowned, search, deleted, ...others } = filter;
  const results = Object.entries({ ...others, ownerId: filter["ownerId"] }).map(
    ([name, value]) => isEmpty(value) || condition(name, value, id, fields),
  );
  if (ownerIds || unowned) {
    results.push(
      (ownerIds as string[] | undefined)?.includes(fields["ownerId"] as string) || (unowned === true && isEmpty(fields["ownerId"])),
    );
  }
  if (results.includes(false)) return false;
  return isEmpty(search) && !deleted ? true : undefined;
}

/** One condition, with a value that is not null. Of a list, one value is enough. */
function condition(name: string, value: unknown, id: string, fields: Fields): boolean {
  const values = Array.isArray(value) ? value : [value];
  if (name === "ids") return values.includes(id);
  const [, start, side] = /^(.+)(After|Before)$/.exec(name) ?? [];
  if (start !== undefined) return inRange(fields[`${start}At`] ?? fields[`${start}Date`], value as string, side === "After");
  const field = name === "tag" ? "tags" : name;
  const mine = fields[field];
  return Array.isArray(mine) ? mine.some((each) => values.includes(each)) : values.includes(mine);
}

/** A range includes its beginning and not its end. An entity without the time is in none. */
function inRange(time: unknown, limit: string, after: boolean): boolean {
  return typeof time === "string" && (after ? time >= limit : time < limit);
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null;
}
