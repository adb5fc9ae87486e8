import type { ExecutionResult } from 'graphql'
import { createClient, type Client, type Sink, type SubscribePayload } from 'graphql-ws'
import type { Identity } from './identity'
import type { Problems } from './problems'
import { value, type Value } from './value'
import { closingCode, closingInWords, tokenRefused } from './words'

/** idle: nothing is subscribed. waiting: the connection broke, and is tried again in a moment. */
export type SocketState = 'idle' | 'connecting' | 'live' | 'waiting'

export interface Socket {
  state: Value<SocketState>
  subscribe(payload: SubscribePayload, sink: Sink<ExecutionResult>): () => void
  /** Opens the connection anew as the person who is chosen now; what is subscribed goes on over the new one. */
  reconnect(): void
}

/** graphql-ws's own code for a connection that this page ended in order to open it anew. */
const reopened = 4499

export function createSocket(identity: Identity, problems: Problems): Socket {
  const state = value<SocketState>('idle')
  const retry = createRetry(identity, problems, state)
  const client: Client = createClient({
    url: () => socketAddress(identity.session.get().endpoint),
    connectionParams: retry.connectionParams,
    keepAlive: 12_000,
    retryAttempts: Infinity,
    retryWait: retry.wait,
    shouldRetry: retry.again,
    on: { connecting: () => state.set('connecting'), connected: retry.connected, closed: retry.closed },
  })
  let open = 0
  return {
    state,
    subscribe(payload, sink) {
      if (open++ === 0) {
        retry.atOnce()
        state.set('connecting')
      }
      const end = once(() => {
        if (--open > 0) return
        // A client that waits for its next attempt says nothing when the last subscription goes.
        state.set('idle')
        problems.clear('socket')
      })
      const stop = client.subscribe<Record<string, unknown>, unknown>(payload, endingSink(sink, end) as never)
      return () => {
        end()
        stop()
      }
    },
    reconnect() {
      retry.atOnce()
      client.terminate()
    },
  }
}

/** What to do when a connection ends. A refused token is renewed once; a server that is away is tried until it is back. */
function createRetry(identity: Identity, problems: Problems, state: Value<SocketState>) {
  let refused = false
  let immediately = false
  return {
    async connectionParams() {
      if (refused) await identity.renew()
      const token = identity.token()
      return token ? { authorization: `Bearer ${token}` } : {}
    },
    connected() {
      refused = false
      state.set('live')
      problems.clear('socket')
      problems.clear('token')
    },
    again(closing: unknown): boolean {
      const code = closingCode(closing)
      if (code === tokenRefused && (refused || !identity.person())) return false
      refused ||= code === tokenRefused
      immediately = code === tokenRefused || code === reopened
      state.set('waiting')
      if (!immediately) problems.report({ topic: 'socket', text: `${closingInWords(closing)} Trying again until it answers.` })
      return true
    },
    closed() {
      // A browser tells of one failure twice, as an error and as a closing; the second must not undo the waiting.
      if (state.get() !== 'waiting') state.set('idle')
    },
    async wait(retries: number) {
      const pause = immediately ? 0 : Math.min(8000, 500 * 2 ** retries) * (0.75 + Math.random() / 2)
      immediately = false
      await new Promise((resolve) => setTimeout(resolve, pause))
    },
    /** Somebody is at the screen and asks for a connection now, whatever the pauses have grown to. */
    atOnce() {
      refused = false
      immediately = true
    },
  }
}

function endingSink(sink: Sink<ExecutionResult>, end: () => void): Sink<ExecutionResult> {
  return {
    next: (result) => sink.next(result),
    error(error) {
      end()
      sink.error(error)
    },
    complete() {
      end()
      sink.complete()
    },
  }
}

function once(act: () => void): () => void {
  let done = false
  return () => {
    if (!done) act()
    done = true
  }
}

function socketAddress(endpoint: string): string {
  const address = new URL(endpoint, location.href)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  return address.href
}
