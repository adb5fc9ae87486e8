import { useId, useState, type FormEvent } from "react";
import type { Identity } from "./identity";

/** Where a token is pasted. It is kept in this window only, and gone when the window is closed. */
export function TokenField({ identity, onUse }: { identity: Identity; onUse(): void }) {
  const [text, setText] = useState(identity.token);
  const [used, setUsed] = useState(text);
  const id = useId();
  const use = (event: FormEvent) => {
    event.preventDefault();
    identity.useToken(text);
    setUsed(text);
    onUse();
  };
  return (
    <form className="token" onSubmit={use}>
      <label htmlFor={id}>Bearer token</label>
      <input id={id} type="password" autoComplete="off" spellCheck={false} value={text} onChange={({ target }) => setText(target.value)} />
      <button type="submit" disabled={text === used}>
        {text === used && text ? "In use" : "Use"}
      </button>
    </form>
  );
}
