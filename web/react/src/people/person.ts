/** How many colors there are for people. The style sheet has a `--tandem-person-<n>` for each. */
const colors = 8;

/**
 * Returns the color of a person: the number of one of the eight `--tandem-person-<n>`. It is the same everywhere, so that
 * an avatar, the frame of a field and a dragged card belong together. Show it only together with initials or a name.
 *
 * @example
 * ```tsx
 * <li style={{ borderColor: `var(--tandem-person-${personColor(user.id)})` }}>{user.name}</li>
 * ```
 */
export function personColor(id: string): number {
  let hash = 0x811c9dc5;
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  // The last bits of the product differ too little between similar ids.
  return ((hash ^ (hash >>> 10)) >>> 0) % colors;
}

/**
 * Returns the initials of a name: the first letters of its first and last word, as people read letters.
 *
 * @example
 * ```ts
 * initials("Ada Lindgren"); // "AL"
 * ```
 */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter((word) => word !== "");
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  const letters = ends.map((word) => firstLetter(word ?? "")).join("");
  return letters === "" ? "?" : letters.toLocaleUpperCase();
}

/** Returns what a person reads as the first letter, which may have several code points. */
function firstLetter(word: string): string {
  if (typeof Intl.Segmenter !== "function") return [...word][0] ?? "";
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(word)) return segment;
  return "";
}
