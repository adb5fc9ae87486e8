import type { DigestFrequency, PreferencesFragment } from "../documents/documents.js";
import { timeOf } from "../format/time.js";
import { ProblemAt } from "./problems.js";
import type { LivePreferences } from "./usePreferences.js";

/** The props of a field of the preferences. */
export interface WhenFieldsProps {
  readonly preferences: PreferencesFragment;
  readonly problem: LivePreferences["problem"];
  save: LivePreferences["save"];
}

const frequencies: readonly { readonly digest: DigestFrequency; readonly label: string }[] = [
  { digest: "NONE", label: "Never" },
  { digest: "HOURLY", label: "Every hour" },
  { digest: "DAILY", label: `Every day at ${timeOf(new Date(2000, 0, 1, 8))}` },
];

/** The id of the field of the digest, which is on the page once. */
export const digestId = "preferences-digest";

/** How often the person gets an e-mail. */
export function DigestField({ preferences: { digest }, problem, save }: WhenFieldsProps) {
  return (
    <div className="field">
      <label htmlFor={digestId}>Digest by e-mail</label>
      <select id={digestId} className="input" value={digest} onChange={(event) => save({ digest: event.currentTarget.value as DigestFrequency })}>
        {frequencies.map((each) => <option key={each.digest} value={each.digest}>{each.label}</option>)}
      </select>
      <ProblemAt place="digest" problem={problem} />
    </div>
  );
}
