import type { GraphiQLPlugin } from '@graphiql/react'
import type { Events, StreamEvent } from './events'
import { useValue } from './value'

/** A pane beside the documentation and the history with every event of a subscription. */
export function eventsPlugin(events: Events): GraphiQLPlugin {
  return { title: 'Events', icon: EventsIcon, content: () => <EventsPane events={events} /> }
}

function EventsPane({ events }: { events: Events }) {
  const list = useValue(events.list)
  return (
    <section className="events" aria-label="Events">
      <header>
        <h2>Events</h2>
        <button type="button" disabled={list.length === 0} onClick={events.clear}>
          Clear
        </button>
      </header>
      {list.length === 0 && <p>What subscriptions send is kept here, newest first. Run one, for example in the tab “Follow”.</p>}
      <ol>
        {list.map((event) => (
          <EventRow key={event.number} event={event} />
        ))}
      </ol>
    </section>
  )
}

function EventRow({ event: { number, at, operation, json } }: { event: StreamEvent }) {
  return (
    <li>
      <details>
        <summary>
          <span className="number">{number}</span> {operation} <time dateTime={at.toISOString()}>{clock(at)}</time>
        </summary>
        <pre>{json}</pre>
      </details>
    </li>
  )
}

function clock(at: Date): string {
  return `${at.toLocaleTimeString('en-GB')}.${String(at.getMilliseconds()).padStart(3, '0')}`
}

function EventsIcon() {
  return (
    <svg viewBox="0 0 24 24" height="1em" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <title>events</title>
      <path d="M2 12h4l3-8 5 16 3-8h5" />
    </svg>
  )
}
