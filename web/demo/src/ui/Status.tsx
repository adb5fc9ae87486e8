import { words } from "../format/words.js";

const tones: Readonly<Record<string, string>> = {
  active: "green", won: "green", completed: "green",
  lead: "blue", proposal: "blue", scheduled: "blue",
  prospect: "amber", negotiation: "amber", in_progress: "amber",
  churned: "red", lost: "red", missed: "red",
};

/** The status of an entity, as a word in its tone. */
export function Status({ value }: { readonly value: string }) {
  return <span className={`chip ${tones[value] ?? ""}`}>{words(value)}</span>;
}
