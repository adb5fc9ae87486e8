import type { Storage } from '@graphiql/toolkit'
import { nobody, ownToken } from './identity'
import { becomeAnother, type Playground } from './playground'
import { SocketStatus } from './SocketStatus'
import { TokenField } from './TokenField'
import { useValue } from './value'

interface Props {
  playground: Playground
  storage: Storage
}

export function Bar({ playground, storage }: Props) {
  const { identity, socket, events } = playground
  const { people } = useValue(identity.session)
  const who = useValue(identity.who)
  return (
    <header className="bar">
      <h1>Tandem playground</h1>
      {people.length > 0 && <PersonSelect playground={playground} />}
      {who === ownToken && <TokenField identity={identity} onUse={() => becomeAnother(playground)} />}
      <SocketStatus state={socket.state} events={events} />
      <nav aria-label="Playground">
        <SecondWindow playground={playground} />
        <button type="button" onClick={() => restoreExamples(storage)}>
          Restore examples
        </button>
      </nav>
    </header>
  )
}

function PersonSelect({ playground }: { playground: Playground }) {
  const { identity } = playground
  const { people } = useValue(identity.session)
  const who = useValue(identity.who)
  const choose = (next: string) => {
    identity.choose(next)
    becomeAnother(playground)
  }
  return (
    <label className="field">
      <span>Act as</span>
      <select value={who} onChange={(event) => choose(event.target.value)}>
        {people.map(({ id, name, role }) => (
          <option key={id} value={id}>
            {role ? `${name} · ${role.toLowerCase()}` : name}
          </option>
        ))}
        <option value={ownToken}>a token of your own…</option>
        <option value={nobody}>nobody (no token)</option>
      </select>
    </label>
  )
}

/** The best way to see Tandem work is two people side by side, so the second window opens as the next person. */
function SecondWindow({ playground: { identity } }: { playground: Playground }) {
  const { people } = useValue(identity.session)
  const who = useValue(identity.who)
  const next = people[(people.findIndex(({ id }) => id === who) + 1) % people.length]
  const address = next ? `/playground?as=${encodeURIComponent(next.id)}` : '/playground'
  return (
    <a href={address} target="_blank" rel="noopener">
      Second window{next ? ` as ${next.name.split(' ')[0]}` : ''}
      <span aria-hidden="true"> ↗</span>
    </a>
  )
}

function restoreExamples(storage: Storage): void {
  if (!confirm('Put the example tabs back? Your own tabs and the history on this page are removed.')) return
  storage.clear()
  location.reload()
}
