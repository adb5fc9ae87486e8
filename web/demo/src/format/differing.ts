/** Two texts, apart where they differ: what both begin with, what only the one and only the other has, and what both end with. */
export interface DifferingParts {
  readonly start: string;
  readonly removed: string;
  readonly added: string;
  readonly end: string;
}

/** Returns where two texts differ, by whole words. Several changes count as one that reaches from the first to the last. */
export function differingParts(before: string, after: string): DifferingParts {
  const [old, now] = [wordsOf(before), wordsOf(after)];
  const shorter = Math.min(old.length, now.length);
  let first = 0;
  while (first < shorter && old[first] === now[first]) first++;
  let last = 0;
  while (last < shorter - first && old.at(-1 - last) === now.at(-1 - last)) last++;
  const between = (words: readonly string[]) => words.slice(first, words.length - last).join("");
  return { start: old.slice(0, first).join(""), removed: between(old), added: between(now), end: old.slice(old.length - last).join("") };
}

/** Returns the words of a text, each with the spaces after it, so that together they are the text. */
const wordsOf = (text: string) => text.match(/\s+|\S+\s*/g) ?? [];
