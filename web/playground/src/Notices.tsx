import type { Problems } from './problems'
import { useValue } from './value'

/** What is wrong, in words, with what can be done about it. The region is always there, so that screen readers hear it fill. */
export function Notices({ problems }: { problems: Problems }) {
  const list = useValue(problems.list)
  return (
    <div className="notices" role="status" aria-live="polite">
      {list.map(({ topic, text, action }) => (
        <p key={topic}>
          <span>{text}</span>
          {action && (
            <button type="button" onClick={action.run}>
              {action.label}
            </button>
          )}
          <button type="button" className="dismiss" aria-label="Dismiss" onClick={() => problems.clear(topic)}>
            ×
          </button>
        </p>
      ))}
    </div>
  )
}
