import type { Person } from "@tandem/client";
import { Avatar } from "@tandem/react";
import { useId, useRef, useState, type FormEvent, type KeyboardEvent } from "react";
import { useMembers } from "../live/useMembers.js";
import { Keys } from "../keys/Keys.js";
import { useComment } from "./useComment.js";

/** The beginning of a name after an @, at the end of the text. */
const mention = /@([\p{L}\d-]*)$/u;

interface WriteCommentProps {
  readonly entityId: string;
  /** Whether nobody can comment on it any more. The text can still be read and copied. */
  readonly isGone: boolean;
}

/** A comment that is being written. `@` offers the people of the organization. */
export function WriteComment({ entityId, isGone }: WriteCommentProps) {
  const members = useMembers();
  const { text, write, problem, sending, send, count } = useComment(entityId, members);
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const [at, setAt] = useState(0);
  const [dismissed, setDismissed] = useState("");
  const begun = mention.exec(text)?.[1];
  const offered = isGone || begun === undefined || dismissed === text ? [] : members.filter(({ name }) => name.toLowerCase().startsWith(begun.toLowerCase()));
  const chosen = offered[Math.min(at, offered.length - 1)];
  const insert = (person: Person) => {
    write(text.replace(mention, `@${person.name} `));
    setAt(0);
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) submit(event);
    else if (chosen && (event.key === "Tab" || event.key === "Enter")) insert(chosen);
    else if (chosen && by) setAt((offered.indexOf(chosen) + by + offered.length) % offered.length);
    else if (chosen && event.key === "Escape") setDismissed(text);
    else return;
    event.preventDefault();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isGone) void send();
  };
  return (
    <form className="write" onSubmit={submit}>
      <label htmlFor={id} className="visually-hidden">Comment</label>
      <textarea
        ref={field} id={id} className="input" rows={2} readOnly={isGone} aria-describedby={isGone ? `${id}-gone` : undefined} aria-autocomplete="list" aria-controls={`${id}-people`}
        aria-activedescendant={chosen ? `${id}-${chosen.id}` : undefined} placeholder="Write a comment, @ mentions somebody" value={text} onChange={(event) => write(event.target.value)} onKeyDown={onKeyDown}
      />
      <div id={`${id}-people`} role="listbox" aria-label="People to mention" className="mentions" hidden={offered.length === 0}>
        {offered.map((person) => (
          <div key={person.id} id={`${id}-${person.id}`} role="option" aria-selected={person === chosen} className="menu-item" onClick={() => insert(person)}>
            <Avatar person={person} size="small" /> {person.name}
          </div>
        ))}
      </div>
      <div className="row">
        {isGone ? <span id={`${id}-gone`} className="faint">This customer is gone, so nobody can comment on it.{text && " Your text is kept."}</span> : problem ? <span role="alert" className="problem">{problem}</span> : count && <span className="faint">{count}</span>}
        <button type="submit" className="button primary push" disabled={isGone || sending || text.trim() === ""}>Comment <Keys keys="mod+enter" /></button>
      </div>
    </form>
  );
}
