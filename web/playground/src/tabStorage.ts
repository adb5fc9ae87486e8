import type { Storage as GraphiQLStorage } from '@graphiql/toolkit'
import type { Examples } from './session'

const prefix = 'tandem-playground:'
const shared = `${prefix}shared:`

/** What has nothing to do with the demo's data, and so outlives it. */
const sharedKeys = new Set(['graphiql:theme'])

/**
 * Where GraphiQL keeps a person's tabs and history (localStorage), kept apart by the demo data that they name: when the
 * data is made anew, the tabs with ids of the old are left behind and the examples come afresh.
 */
export function createTabStorage({ customerId }: Examples): GraphiQLStorage {
  const own = `${prefix}${customerId || 'no-demo'}:`
  if (customerId) forget((key) => key.startsWith(prefix) && !key.startsWith(own) && !key.startsWith(shared))
  const full = (key: string) => (sharedKeys.has(key) ? shared : own) + key
  return {
    getItem: (key) => attempt(() => localStorage.getItem(full(key)), null),
    removeItem: (key) => attempt(() => localStorage.removeItem(full(key)), undefined),
    // Not guarded: GraphiQL handles a full storage itself, by forgetting old history.
    setItem: (key, text) => localStorage.setItem(full(key), text),
    clear: () => forget((key) => key.startsWith(own)),
    get length() {
      return storedKeys().filter((key) => key.startsWith(own)).length
    },
  }
}

/**
 * Whether this storage has tabs of an earlier visit, so that the examples are not wanted.
 *
 * GraphiQL also keeps the text and the variables of the open tab by themselves, each a moment after it changed, and opens
 * one more tab when they are not those of the kept tab to the letter. So they are made equal here, before it looks.
 */
export function resumeTabs(storage: GraphiQLStorage): boolean {
  const open = attempt(() => openTab(storage.getItem('graphiql:tabState')), undefined)
  if (!open) storage.removeItem('graphiql:tabState')
  keep(storage, 'graphiql:query', open?.query)
  keep(storage, 'graphiql:variables', open?.variables)
  return Boolean(open)
}

interface KeptTab {
  query: string | null
  variables: string | null
}

function openTab(kept: string | null): KeptTab | undefined {
  const { tabs, activeTabIndex } = JSON.parse(kept ?? '{}') as { tabs?: KeptTab[]; activeTabIndex?: number }
  return tabs?.[activeTabIndex ?? 0]
}

function keep(storage: GraphiQLStorage, key: string, text: string | null | undefined): void {
  if (!text) return storage.removeItem(key)
  attempt(() => storage.setItem(key, text), undefined)
}

function forget(which: (key: string) => boolean): void {
  attempt(() => storedKeys().filter(which).forEach((key) => localStorage.removeItem(key)), undefined)
}

function storedKeys(): string[] {
  return attempt(() => Object.keys(localStorage), [])
}

/** A browser may refuse localStorage altogether; tabs then last as long as the page. */
function attempt<T>(act: () => T, otherwise: T): T {
  try {
    return act()
  } catch {
    return otherwise
  }
}
