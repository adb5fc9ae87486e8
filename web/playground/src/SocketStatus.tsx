import type { Events } from './events'
import type { SocketState } from './socket'
import { useValue, type Value } from './value'

const words: Record<SocketState, string> = {
  idle: 'No subscription',
  connecting: 'Connecting…',
  live: 'Live',
  waiting: 'Connection lost, trying again…',
}

/** How the socket is doing, in a word and a dot. The dot only repeats the word, so a screen reader needs the word alone. */
export function SocketStatus({ state, events }: { state: Value<SocketState>; events: Events }) {
  const now = useValue(state)
  const newest = useValue(events.list)[0]
  return (
    <p className={`socket socket-${now}`}>
      <span className="dot" aria-hidden="true" />
      <span role="status">{words[now]}</span>
      {newest && <span className="count">{newest.number === 1 ? '1 event' : `${newest.number} events`}</span>}
    </p>
  )
}
