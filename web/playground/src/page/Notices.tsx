import { useValue } from "../value";
import type { Problems } from "./problems";

/** The current problems, with remedies. The region is always there, so that screen readers announce its changes. */
export function Notices({ problems }: { problems: Problems }) {
  const list = useValue(problems.list);
  return (
    <div className="notices" role="status" aria-label="Notices">
      {list.map(({ topic, text, action }) => (
        <p key={topic}>
          <span>{text}</span>
          {action && (
            <button type="button" onClick={action.run}>
              {action.label}
            </button>
          )}
          <button type="button" className="quiet" aria-label="Dismiss" onClick={() => problems.clear(topic)}>
            ×
          </button>
        </p>
      ))}
    </div>
  );
}
