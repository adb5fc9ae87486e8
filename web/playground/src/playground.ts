import { createEvents, type Events } from './events'
import { createIdentity, type Identity } from './identity'
import { createProblems, type Problems } from './problems'
import type { Session } from './session'
import { createSocket, type Socket } from './socket'
import { value, type Value } from './value'

/** Everything behind the page. Made once, before anything is drawn. */
export interface Playground {
  identity: Identity
  socket: Socket
  events: Events
  problems: Problems
  schemaKnown: Value<boolean>
  /** Rises each time the schema should be read again. */
  schemaReads: Value<number>
  readSchema(): void
}

export function createPlayground(session: Session): Playground {
  const problems = createProblems()
  const identity = createIdentity(session)
  const schemaReads = value(0)
  const playground: Playground = {
    identity,
    problems,
    socket: createSocket(identity, problems),
    events: createEvents(),
    schemaKnown: value(false),
    schemaReads,
    readSchema: () => schemaReads.set(schemaReads.get() + 1),
  }
  identity.session.subscribe(() => noteNewData(playground, session.examples.customerId))
  return playground
}

/** The chosen person asks on every way to the server: by HTTP from the next request on, on the socket by a new connection. */
export function becomeAnother({ socket, problems, schemaKnown, readSchema }: Playground): void {
  problems.clear('token')
  socket.reconnect()
  if (!schemaKnown.get()) readSchema()
}

/** The examples name records. Where the demo data was made anew, those are gone, and a reload gives examples of the new ones. */
function noteNewData({ identity, problems }: Playground, customerId: string): void {
  if (identity.session.get().examples.customerId === customerId) return
  problems.report({
    topic: 'data',
    text: 'The server made its demo data anew, so the ids in these tabs are gone.',
    action: { label: 'Reload with new examples', run: () => location.reload() },
  })
}
