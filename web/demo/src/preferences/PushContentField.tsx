import type { PreferencesFragment } from "../documents/documents.js";
import { ChangedAt, ProblemAt } from "./problems.js";
import type { LivePreferences } from "./usePreferences.js";

type PushContent = PreferencesFragment["pushContent"];

const id = "preferences-push-content";
const wordsOf = (isShown: boolean) => (isShown ? "names and texts" : "no names or texts");

/** The choices of an admin: null is what the server does for everybody. */
const choices = new Map<string, boolean | null>([["server", null], ["shown", true], ["hidden", false]]);

interface PushContentFieldProps {
  readonly pushContent: PushContent;
  readonly problem: LivePreferences["problem"];
  readonly changed: LivePreferences["changed"];
  save: LivePreferences["setPushContent"];
}

/** Whether pushes of the organization have content, for admins. */
export function PushContentField({ pushContent: { isShown, isChosen }, problem, changed, save }: PushContentFieldProps) {
  const value = isChosen ? (isShown ? "shown" : "hidden") : "server";
  return (
    <div className="field">
      <label htmlFor={id}>Content of pushes, also on a locked screen</label>
      <select id={id} className="input" value={value} onChange={(event) => save(choices.get(event.currentTarget.value) ?? null)}>
        <option value="server">{isChosen ? "As the server does it" : `As the server does it: ${wordsOf(isShown)}`}</option>
        <option value="shown">{capital(wordsOf(true))}</option>
        <option value="hidden">{capital(wordsOf(false))}</option>
      </select>
      <ChangedAt place="pushContent" changed={changed}>The content of pushes is changed.</ChangedAt>
      <ProblemAt place="pushContent" problem={problem} />
    </div>
  );
}

/** A note for everybody: whether pushes have content. */
export function PushContentNote({ pushContent: { isShown } }: { readonly pushContent: PushContent }) {
  return <p className="muted">Push shows {wordsOf(isShown)}{isShown && ", also on a locked screen"}. Admins choose that for the company.</p>;
}

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
