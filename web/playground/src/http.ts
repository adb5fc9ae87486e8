import type { FetcherParams } from '@graphiql/toolkit'
import type { FormattedExecutionResult } from 'graphql'
import { statusInWords } from './words'

/** The answer to a query or a mutation. Whatever went wrong, `result` is something that can be shown. */
export interface Answer {
  /** 0: the server could not be reached. */
  status: number
  /** The token, or that there is none, is the reason that nothing was answered. */
  refused: boolean
  result: FormattedExecutionResult
}

export async function post(endpoint: string, token: string, params: FetcherParams, signal?: AbortSignal): Promise<Answer> {
  let status = 0
  let body = ''
  try {
    const answer = await fetch(endpoint, {
      method: 'POST',
      headers: headers(token),
      body: JSON.stringify(params),
      signal: signal ?? null,
    })
    status = answer.status
    body = await answer.text()
  } catch {
    status = 0
  }
  const result = read(body) ?? { errors: [{ message: statusInWords(status, body) }] }
  const refused = status === 401 || (!result.data && result.errors?.[0]?.extensions?.code === 'UNAUTHENTICATED')
  return { status, refused, result }
}

function headers(token: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json',
    ...(token && { authorization: `Bearer ${token}` }),
  }
}

/** A GraphQL answer has data or errors; anything else (a proxy's page, say) is not one. */
function read(body: string): FormattedExecutionResult | undefined {
  try {
    const json: unknown = JSON.parse(body)
    if (typeof json === 'object' && json !== null && ('data' in json || 'errors' in json)) return json as FormattedExecutionResult
  } catch {
    // Not JSON: the caller says so in words.
  }
  return undefined
}
