/** A made-up person of the demo, with a token that is ready to use. */
export interface Person {
  id: string
  name: string
  role: string
  token: string
}

export interface Examples {
  customerId: string
  callId: string
  meetingId: string
}

/** What the server tells its playground. Without demo data there are no people, and the examples are empty. */
export interface Session {
  endpoint: string
  people: Person[]
  examples: Examples
}

export const bareSession: Session = {
  endpoint: '/graphql',
  people: [],
  examples: { customerId: '', callId: '', meetingId: '' },
}

/** Fetches /playground/session.json. What goes wrong is thrown as a sentence for the person at the screen. */
export async function fetchSession(): Promise<Session> {
  const answer = await fetch('/playground/session.json', { cache: 'no-store' }).catch(() => {
    throw new Error('The server cannot be reached, so the demo people are not known.')
  })
  if (!answer.ok) {
    throw new Error(`The server gave no playground session (status ${answer.status}), so the demo people are not known.`)
  }
  return readSession(await answer.json().catch(() => null))
}

/** Takes what is there and of the right shape: a server one version older or newer must not make the page blank. */
function readSession(json: unknown): Session {
  const from = record(json)
  const examples = record(from.examples)
  const people = Array.isArray(from.people) ? from.people.map(readPerson) : []
  return {
    endpoint: text(from.endpoint) || bareSession.endpoint,
    people: people.filter((person) => person.id && person.token),
    examples: {
      customerId: text(examples.customerId),
      callId: text(examples.callId),
      meetingId: text(examples.meetingId),
    },
  }
}

function readPerson(json: unknown): Person {
  const from = record(json)
  const id = text(from.id)
  return { id, name: text(from.name) || id, role: text(from.role), token: text(from.token) }
}

function record(json: unknown): Record<string, unknown> {
  return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {}
}

function text(json: unknown): string {
  return typeof json === 'string' ? json : ''
}
