import type { PresentPerson } from "@tandem/client";
import { Avatar, usePresence } from "@tandem/react";
import { useEffect } from "react";
import { Link, useLocation } from "wouter";
import { idIn } from "../live/entities.js";
import { firstName } from "../session/people.js";
import { nameFields, Undecided } from "../ui/Undecided.js";
import { usePlaceName } from "./placeName.js";

/** The room of everybody who has the CRM open. */
const everybody = "crm";

/** The people who have the CRM open, with the page that each of them is at. */
export function HereNow() {
  const [path] = useLocation();
  const { users, update } = usePresence(everybody);
  useEffect(() => update({ page: path }), [update, path]);
  const others = users.filter(({ isSelf }) => !isSelf);
  return (
    <section aria-label="Here now">
      <div className="caption">Here now{others.length > 0 && ` · ${others.length}`}</div>
      {others.length === 0 && <p className="here faint">Nobody else</p>}
      <ul>
        {others.map((person) => (
          <li key={person.key}>
            <PersonHere person={person} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function PersonHere({ person }: { readonly person: PresentPerson }) {
  // It is another person's text: only an address of this CRM becomes a link.
  const page = /^\/[a-z]/.test(person.page ?? "") ? (person.page ?? "/") : "/";
  return (
    <Link href={page} className="here" data-leaving={person.leaving || undefined}>
      <Avatar person={person.user} status={person.status} size="small" /> {firstName(person.user.name)}
      <PlaceName path={page} />
    </Link>
  );
}

function PlaceName({ path }: { readonly path: string }) {
  const name = usePlaceName(path);
  const [, , id = ""] = path.split("/");
  return name === undefined ? null : <span className="where clip"><Undecided id={idIn(id) ?? ""} fields={nameFields}>{name}</Undecided></span>;
}
