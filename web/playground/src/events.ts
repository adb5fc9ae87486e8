import { value, type Value } from './value'

/** One event of a subscription, as it came. */
export interface StreamEvent {
  number: number
  at: Date
  operation: string
  json: string
}

export interface Events {
  list: Value<readonly StreamEvent[]>
  add(operation: string, result: unknown): void
  clear(): void
}

/** Enough to look back on, and not so many that a busy stream makes the page slow. */
const kept = 200

/** GraphiQL shows the newest event only, which hides what a replay sent just before it. Here all are kept, newest first. */
export function createEvents(): Events {
  const list = value<readonly StreamEvent[]>([])
  let number = 0
  return {
    list,
    add(operation, result) {
      const event = { number: ++number, at: new Date(), operation, json: JSON.stringify(result, null, 2) }
      list.set([event, ...list.get().slice(0, kept - 1)])
    },
    clear: () => list.set([]),
  }
}
