import { fetchSession, type Person, type Session } from './session'
import { value, type Value } from './value'
import { remember, remembered } from './windowStorage'

/** Who asks: the id of a demo person, or one of these two. No demo person has an id that starts with a colon. */
export const ownToken = ':token'
export const nobody = ':nobody'

export interface Identity {
  who: Value<string>
  session: Value<Session>
  person(): Person | undefined
  /** The bearer token to send, or an empty string. */
  token(): string
  choose(who: string): void
  useToken(token: string): void
  /**
   * Asks the server for its demo people again, and says whether that gave another token: the demo signs with a new
   * secret after a restart, and a page that is open meanwhile should just go on.
   */
  renew(): Promise<boolean>
}

export function createIdentity(initial: Session): Identity {
  const session = value(initial)
  const who = value(firstChoice(initial.people))
  let pasted = remembered('token')
  let renewing: Promise<boolean> | undefined

  const person = () => session.get().people.find(({ id }) => id === who.get())
  const token = () => (who.get() === ownToken ? pasted : (person()?.token ?? ''))
  const choose = (next: string) => {
    remember('who', next)
    who.set(next)
  }
  const renew = async () => {
    const old = token()
    const fresh = await fetchSession().catch(() => null)
    if (fresh) session.set(fresh)
    // The person may be gone from the new demo data; then the first one asks.
    if (!who.get().startsWith(':') && !person()) choose(firstChoice(session.get().people))
    return token() !== old
  }
  return {
    who,
    session,
    person,
    token,
    choose,
    useToken(text) {
      pasted = text.trim().replace(/^bearer\s+/i, '')
      remember('token', pasted)
      choose(ownToken)
    },
    renew: () => (renewing ??= renew().finally(() => (renewing = undefined))),
  }
}

/** The person named in the address (?as=bob) comes first, then this window's last choice, then the first person. */
function firstChoice(people: Person[]): string {
  const address = new URL(location.href)
  const asked = address.searchParams.get('as') ?? ''
  if (asked) {
    // Taken out of the address, so that a reload keeps a later choice.
    address.searchParams.delete('as')
    history.replaceState(null, '', address)
  }
  const known = (id: string) => people.some((person) => person.id === id)
  const last = remembered('who')
  if (known(asked)) return asked
  if (known(last) || last === ownToken || (last === nobody && people.length > 0)) return last
  return people[0]?.id ?? ownToken
}
