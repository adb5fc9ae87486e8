import type { GraphiQLProps } from 'graphiql'
import activity from './examples/activity.graphql'
import change from './examples/change.graphql'
import follow from './examples/follow.graphql'
import presence from './examples/presence.graphql'
import read from './examples/read.graphql'
import resolve from './examples/resolve.graphql'
import type { Examples } from './session'
import type { StartingPoint } from './startingPoint'

type Tabs = NonNullable<GraphiQLProps['defaultTabs']>

/** The tabs of a first visit. GraphiQL names a tab after its first operation; the texts are examples/*.graphql. */
export function exampleTabs(examples: Examples, { name, version, cursor }: StartingPoint): Tabs {
  const customerId = examples.customerId || 'the id of a customer'
  const others = [examples.callId, examples.meetingId].filter(Boolean)
  return [
    tab(read, { customerId, others }),
    tab(change, { input: { id: customerId, baseVersion: version, patch: { name: `${name} (renamed)` } } }),
    tab(resolve, { input: { conflictId: 'an id from Conflicts', resolution: 'LOCAL', merged: null } }),
    tab(follow, { id: examples.customerId || null, after: cursor }),
    tab(presence, {
      room: customerId,
      clientId: 'playground-1',
      state: { status: 'ONLINE', currentPage: '/playground', editingField: null },
    }),
    tab(activity, { feed: examples.customerId ? { type: 'CUSTOMER', entityId: customerId } : { type: 'GLOBAL' } }),
  ]
}

function tab(query: string, variables: unknown): Tabs[number] {
  return { query: query.trimEnd(), variables: JSON.stringify(variables, null, 2) }
}
