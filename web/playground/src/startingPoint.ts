import { post } from './http'
import type { Identity } from './identity'

/** The example customer as it is now: a change needs its version, and following needs its cursor. */
export interface StartingPoint {
  name: string
  version: number
  cursor: string | null
}

const unknown: StartingPoint = { name: 'Example', version: 1, cursor: null }

const query = 'query StartingPoint($id: ID!) { customer(id: $id) { name version cursor } }'

/** Read once, when the example tabs are made. A server that is slow or refuses only makes the examples less ready. */
export async function readStartingPoint(identity: Identity): Promise<StartingPoint> {
  const { endpoint, examples } = identity.session.get()
  if (!examples.customerId) return unknown
  const params = { query, operationName: 'StartingPoint', variables: { id: examples.customerId } }
  const { result } = await post(endpoint, identity.token(), params, AbortSignal.timeout(2000))
  return { ...unknown, ...(result.data?.customer as StartingPoint | null) }
}
