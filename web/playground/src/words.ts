/** Why a socket was closed, for the person at the screen. The codes are those of docs/protocol.md. */
const closings = new Map<number, string>([
  [1001, 'The server went away.'],
  [1005, 'The server closed the connection without a reason.'],
  [1006, 'The connection to the server broke, or could not be opened.'],
  [1012, 'The server is restarting.'],
  [1013, 'The server is too busy, or this window read too slowly.'],
  [4400, 'The server did not understand a message of this page.'],
  [4401, 'The server wants a connection to be opened before it is subscribed on.'],
  [4403, 'The server refused the token: it is wrong, or has run out.'],
  [4406, 'The server does not speak graphql-transport-ws.'],
  [4408, 'The server did not hear from this page in time.'],
  [4409, 'Two subscriptions used the same id.'],
  [4429, 'This page opened its connection twice.'],
  [4500, 'The server failed while it opened the connection.'],
])

export const tokenRefused = 4403

/** A browser tells of a failed connection with a bare Event, which has no code. */
export function closingCode(closing: unknown): number {
  const code = typeof closing === 'object' && closing !== null && 'code' in closing ? closing.code : undefined
  return typeof code === 'number' ? code : 1006
}

export function closingInWords(closing: unknown): string {
  const code = closingCode(closing)
  const reason = typeof closing === 'object' && closing !== null && 'reason' in closing ? String(closing.reason) : ''
  const words = closings.get(code) ?? 'The server closed the connection.'
  return reason ? `${words} It said: “${reason}” (code ${code}).` : `${words} (code ${code})`
}

/** Why an HTTP answer holds no GraphQL. Status 0: there was no answer at all. */
export function statusInWords(status: number, body: string): string {
  if (status === 0) return 'The server cannot be reached. Is it still running?'
  if (status === 401) return 'The server refused the token: it is wrong, or has run out.'
  if (status === 403) return 'The server does not let this page ask (status 403).'
  if (status === 404) return 'There is no GraphQL at this address (status 404).'
  if (status === 429) return 'Too many requests in a short time (status 429). Wait a little, then run it again.'
  if (status >= 502 && status <= 504) return `The server cannot answer just now (status ${status}).`
  const start = body.replace(/\s+/g, ' ').trim().slice(0, 200)
  return `The server answered with status ${status} and no GraphQL${start ? `: ${start}` : '.'}`
}
