import type { Fetcher, Storage } from '@graphiql/toolkit'
import { GraphiQL, type GraphiQLProps } from 'graphiql'
import { useMemo, useState } from 'react'
import { Bar } from './Bar'
import { eventsPlugin } from './EventsPane'
import { createFetcher } from './fetcher'
import { Notices } from './Notices'
import type { Playground } from './playground'
import { useValue } from './value'

interface Props {
  playground: Playground
  storage: Storage
  /** The tabs of a first visit. GraphiQL looks at them only where the storage has none. */
  tabs: NonNullable<GraphiQLProps['defaultTabs']>
}

export function Page({ playground, storage, tabs }: Props) {
  const reads = useValue(playground.schemaReads)
  // GraphiQL reads the schema when it is given another fetcher, and only then.
  const fetcher = useMemo<Fetcher>(() => createFetcher(playground), [playground, reads])
  const [plugins] = useState(() => [eventsPlugin(playground.events)])
  return (
    <>
      <Bar playground={playground} storage={storage} />
      <Notices problems={playground.problems} />
      <main>
        <GraphiQL
          fetcher={fetcher}
          storage={storage}
          defaultTabs={tabs}
          // GraphiQL forgets the variables of the first default tab, and hides the variables of all then.
          {...(tabs[0]?.variables && { variables: tabs[0].variables })}
          defaultEditorToolsVisibility="variables"
          plugins={plugins}
          // Who asks is chosen in the bar, for HTTP and the socket alike; a second place would only contradict it.
          isHeadersEditorEnabled={false}
          shouldPersistHeaders={false}
        >
          <GraphiQL.Logo>
            <></>
          </GraphiQL.Logo>
        </GraphiQL>
      </main>
    </>
  )
}
