import { diffWordsWithSpace } from "diff";

/** A stretch of two texts that is the same in both, or that differs. */
export interface Passage {
  readonly same: boolean;
  readonly local: string;
  readonly remote: string;
}

/** A run of words of a comparison: of both texts, of the local one (`removed`), or of the remote one (`added`). */
interface Run {
  readonly value: string;
  readonly added: boolean;
  readonly removed: boolean;
}

/** Two long texts without a common word would take seconds: beyond these bounds they are shown one after the other. */
const bounds = { timeout: 200, maxEditLength: 4_000 };

/** Returns the passages of two texts that differ. */
export function compare(local: string, remote: string): readonly Passage[] {
  const segmenter = typeof Intl.Segmenter === "function" ? { intlSegmenter: new Intl.Segmenter(undefined, { granularity: "word" }) } : {};
  const changes = diffWordsWithSpace(local, remote, { ...bounds, ...segmenter });
  return changes ? passagesOf(changes) : [{ same: false, local, remote }];
}

/**
 * Returns the passages of a comparison by words. A few common words between long differences are part of these, within a
 * line: a person can read two phrases, but not pairs of single words.
 */
export function passagesOf(runs: readonly Run[]): readonly Passage[] {
  const passages: Passage[] = [];
  for (const { value, added, removed } of runs) {
    const same = !added && !removed;
    const last = passages.at(-1);
    const next = { same, local: added ? "" : value, remote: removed ? "" : value };
    if (!same && last && !last.same) passages.splice(-1, 1, join([last, next]));
    else passages.push(next);
  }
  return absorbed(passages);
}

/** Joins passages while what they have in common is shorter than what differs on both sides of it. */
function absorbed(passages: readonly Passage[]): readonly Passage[] {
  const all: Passage[] = [];
  for (const passage of passages) {
    all.push(passage);
    for (let last = all.slice(-3); isOne(last); last = all.slice(-3)) all.splice(-3, 3, join(last));
  }
  return all;
}

function isOne([before, common, after]: readonly Passage[]): boolean {
  return before !== undefined && common !== undefined && after !== undefined && common.same && !after.same && isSlight(common.local, before, after);
}

function isSlight(common: string, before: Passage, after: Passage): boolean {
  const longest = (passage: Passage) => Math.max(passage.local.length, passage.remote.length);
  return !common.includes("\n") && common.trim().length <= Math.min(longest(before), longest(after));
}

function join(passages: readonly Passage[]): Passage {
  const textOf = (side: "local" | "remote") => passages.map((passage) => passage[side]).join("");
  return { same: false, local: textOf("local"), remote: textOf("remote") };
}
