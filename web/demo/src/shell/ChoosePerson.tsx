import type { DemoPerson } from "../session/people.js";
import { Avatar } from "@tandem/react";
import { words } from "../format/words.js";

interface ChoosePersonProps {
  readonly people: readonly DemoPerson[];
  /** The id that the address named, which is nobody's. */
  readonly asked: string;
  choose(id: string): void;
}

/** Asks whose page this is, when the address names nobody of the company. */
export function ChoosePerson({ people, asked, choose }: ChoosePersonProps) {
  return (
    <main className="main">
      <div className="notice">
        <h1>Nobody here is called “{asked}”</h1>
        <p>Go on as one of these people:</p>
        <ul className="choices">
          {people.map((person) => (
            <li key={person.id}>
              <button type="button" className="button quiet" onClick={() => choose(person.id)}>
                <Avatar person={{ ...person, avatar: null }} /> {person.name} <span className="faint">{words(person.role)}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </main>
  );
}
