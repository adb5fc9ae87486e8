import { useState, type FormEvent } from 'react'
import type { Identity } from './identity'

/** Where a token is pasted. It is kept in this window only, and gone when the window is closed. */
export function TokenField({ identity, onUse }: { identity: Identity; onUse(): void }) {
  const [text, setText] = useState(identity.token)
  const [used, setUsed] = useState(text)
  const use = (event: FormEvent) => {
    event.preventDefault()
    identity.useToken(text)
    setUsed(text)
    onUse()
  }
  return (
    <form className="field" onSubmit={use}>
      <label htmlFor="token">Bearer token</label>
      <input
        id="token"
        type="password"
        autoComplete="off"
        spellCheck={false}
        placeholder="paste a token"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" disabled={text === used}>
        {text === used && text ? 'In use' : 'Use'}
      </button>
    </form>
  )
}
