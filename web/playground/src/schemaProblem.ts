import type { Answer } from './http'
import type { Playground } from './playground'

/**
 * Notes whether the schema could be read. Without it the page still works: only its documentation, its completion and
 * its checks while typing are missing, and the person should know why.
 */
export function noteSchema({ problems, schemaKnown, readSchema }: Playground, { status, refused, result }: Answer): void {
  const known = Boolean(result.data)
  schemaKnown.set(known)
  if (known) return problems.clear('schema')
  // A refused token has a notice of its own, which also says what to do.
  if (refused) return problems.clear('schema')
  problems.report({ topic: 'schema', text: words(status, result.errors?.[0]?.message ?? ''), action: { label: 'Try again', run: readSchema } })
}

function words(status: number, message: string): string {
  if (status === 0) return 'The server cannot be reached, so its schema is not known.'
  const without = 'Operations still run; documentation, completion and checks while typing are missing.'
  if (/introspection/i.test(message)) return `Introspection is off on this server (INTROSPECTION turns it on). ${without}`
  return `The schema could not be read: ${message || `status ${status}`}. ${without}`
}
