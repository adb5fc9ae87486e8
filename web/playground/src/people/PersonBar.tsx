import { ConnectionStatus } from "../server/ConnectionStatus";
import type { SidePane } from "../page/sidePane";
import { useValue } from "../value";
import { initials, personColor } from "./avatar";
import { nobody, ownToken } from "./identity";
import { TokenField } from "./TokenField";

/** The person who acts on this side, and the state of that person’s connection. */
export function PersonBar({ pane, onConflicts }: { pane: SidePane; onConflicts(): void }) {
  const { identity } = pane;
  const { people } = useValue(identity.session);
  const who = useValue(identity.who);
  const person = people.find(({ id }) => id === who);
  const choose = (next: string) => {
    identity.choose(next);
    pane.becomeAnother();
  };
  return (
    <div className="person-bar" data-tandem-color={person && personColor(person.id)}>
      <span className="avatar" aria-hidden="true">
        {initials(person?.name ?? "?")}
      </span>
      {people.length > 0 && (
        <label className="person">
          <span className="hidden">Act as</span>
          <select value={who} onChange={({ target }) => choose(target.value)}>
            {people.map(({ id, name, role }) => (
              <option key={id} value={id}>
                {role ? `${name} · ${role.toLowerCase()}` : name}
              </option>
            ))}
            <option value={ownToken}>a token of your own…</option>
            <option value={nobody}>nobody (no token)</option>
          </select>
        </label>
      )}
      {who === ownToken && <TokenField identity={identity} onUse={pane.becomeAnother} />}
      <span className="space" />
      <ConnectionStatus socket={pane.socket} />
      <button type="button" onClick={onConflicts}>
        Open conflicts
      </button>
    </div>
  );
}
