import type { Fetcher, FetcherParams, FetcherReturnType } from '@graphiql/toolkit'
import { getOperationAST, parse, type ExecutionResult, type FormattedExecutionResult } from 'graphql'
import type { SubscribePayload } from 'graphql-ws'
import type { Playground } from './playground'
import { post } from './http'
import { noteSchema } from './schemaProblem'
import { closingCode, closingInWords, tokenRefused } from './words'

/** GraphiQL's way to the server: subscriptions over the socket, everything else by HTTP. */
export function createFetcher(playground: Playground): Fetcher {
  return (given) => {
    const { params, subscription } = understand(given)
    // GraphiQL only shows what it is given, but its types want graphql-js's own error objects and two forms of subscribe.
    return (subscription ? stream(playground, params) : ask(playground, params)) as FetcherReturnType
  }
}

/**
 * Which operation is meant, and whether it is a subscription. It is read from the text: for a moment after a change of
 * tabs, GraphiQL still gives the operation name and the syntax tree of the tab that was left.
 */
function understand(params: FetcherParams): { params: FetcherParams; subscription: boolean } {
  try {
    const document = parse(params.query)
    const operation = getOperationAST(document, params.operationName) ?? getOperationAST(document)
    if (!operation) return { params, subscription: false }
    return {
      params: { ...params, operationName: operation.name?.value ?? null },
      subscription: operation.operation === 'subscription',
    }
  } catch {
    // A text that cannot be parsed goes to the server by HTTP, which says what is wrong with it.
    return { params, subscription: false }
  }
}

async function ask(playground: Playground, params: FetcherParams): Promise<FormattedExecutionResult> {
  const { identity, problems } = playground
  const send = () => post(identity.session.get().endpoint, identity.token(), params)
  let answer = await send()
  if (answer.refused && identity.person() && (await identity.renew())) answer = await send()
  if (answer.refused) problems.report({ topic: 'token', text: refusedWords(playground) })
  else if (answer.status !== 0) problems.clear('token')
  if (params.operationName === 'IntrospectionQuery') noteSchema(playground, answer)
  return answer.result
}

function stream(playground: Playground, params: FetcherParams) {
  const { socket, events, problems } = playground
  return {
    subscribe(sink: Sink) {
      const show = (result: unknown) => {
        events.add(params.operationName || 'subscription', result)
        sink.next(result)
      }
      const fail = (error: unknown) => {
        const refused = closingCode(error) === tokenRefused ? refusedWords(playground) : ''
        if (refused) problems.report({ topic: 'token', text: refused })
        // Shown as an answer: GraphiQL would put the page's own call stack beside an error.
        show({ errors: refused ? [{ message: refused }] : inWords(error) })
        sink.complete()
      }
      return { unsubscribe: socket.subscribe(payload(params), { next: show, error: fail, complete: () => sink.complete() }) }
    },
  }
}

/** What GraphiQL listens with. */
interface Sink {
  next(result: unknown): void
  error(error: unknown): void
  complete(): void
}

function payload({ query, operationName, variables }: FetcherParams): SubscribePayload {
  return { query, operationName: operationName ?? null, variables: variables as Record<string, unknown> | null }
}

/** Errors that the server sent come as a list; a connection that ended comes as its closing. */
function inWords(error: unknown): NonNullable<ExecutionResult['errors']> | { message: string }[] {
  if (Array.isArray(error)) return error
  if (error instanceof Error && !('code' in error)) return [{ message: error.message }]
  return [{ message: closingInWords(error) }]
}

function refusedWords({ identity }: Playground): string {
  const person = identity.person()
  if (person) return `The server refused the token of ${person.name}, also a fresh one. Choose another person.`
  if (identity.token()) return 'The server refused this token: it is wrong, or has run out. Paste another one above.'
  return 'The server answers nobody without a token. Choose who asks, or paste a token above.'
}
