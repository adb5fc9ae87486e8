import { useId, useState, type FocusEvent } from "react";
import { ProblemAt, type Problem } from "./problems.js";
import type { WhenFieldsProps } from "./WhenFields.js";
import { zoneHere } from "./zones.js";

const night = { from: "22:00", to: "07:00" };

/** The quiet hours of the person. Until they choose a zone, the first ones are in that of the device. */
export function QuietHoursFields({ preferences: { quietHours, isTimeZoneDefault }, problem, save }: WhenFieldsProps) {
  const begin = () => save({ quietHours: night, ...(isTimeZoneDefault ? { timeZone: zoneHere() } : {}) });
  return (
    <>
      <label className="check">
        <input type="checkbox" checked={quietHours !== null} onChange={(event) => (event.currentTarget.checked ? begin() : save({ quietHours: null }))} />
        Quiet hours
      </label>
      {quietHours && <Times stored={quietHours} problem={problem} save={(times) => save({ quietHours: times })} />}
      {!quietHours && <ProblemAt place="quietHours" problem={problem} />}
    </>
  );
}

type QuietTimes = typeof night;

interface TimesProps {
  readonly stored: QuietTimes;
  readonly problem: Problem | undefined;
  save(times: QuietTimes): void;
}

/**
 * The two times, which are saved together, when the person leaves both or presses Enter: while they type, a time is another one, and one
 * time alone may be wrong until the other one is changed, too. Equal times stay in the fields with an explanation, and are not saved.
 */
function Times({ stored, problem, save }: TimesProps) {
  const id = useId();
  const [typed, setTyped] = useState<Partial<QuietTimes>>({});
  const [left, setLeft] = useState(false);
  const times = { from: typed.from || stored.from, to: typed.to || stored.to };
  const areEqual = times.from === times.to;
  const equal: Problem = { place: "quietHours", text: "The two times must differ. To have no quiet hours, turn them off." };
  const shown = left && areEqual ? equal : problem;
  const type = (part: keyof QuietTimes, time: string) => {
    setLeft(false);
    setTyped({ ...typed, [part]: time });
  };
  const end = () => {
    setLeft(true);
    if (areEqual) return;
    setTyped({});
    if (times.from !== stored.from || times.to !== stored.to) save(times);
  };
  const leave = ({ currentTarget, relatedTarget }: FocusEvent) => !currentTarget.contains(relatedTarget) && end();
  return (
    <>
      <div className="quiet-times" role="group" aria-label="Quiet hours" onBlur={leave}>
        {(["from", "to"] as const).map((part) => (
          <div key={part} className="field">
            <label htmlFor={`${id}${part}`}>{part === "from" ? "From" : "To"}</label>
            <input id={`${id}${part}`} type="time" className="input" value={typed[part] ?? stored[part]} aria-invalid={shown?.place === "quietHours"} aria-describedby={`${id}problem`}
              onChange={(event) => type(part, event.currentTarget.value)} onKeyDown={(event) => event.key === "Enter" && end()} />
          </div>
        ))}
      </div>
      <ProblemAt id={`${id}problem`} place="quietHours" problem={shown} />
    </>
  );
}
