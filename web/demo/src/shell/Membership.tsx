import { useConnectionStatus } from "@tandem/react";
import { useEffect, useState, type ReactNode } from "react";
import { useDemo } from "../session/context.js";
import { readPeople } from "../session/people.js";

/** How often the page asks whether its person is a member again. */
const everyMs = 3000;

/** The page of a person, unless they are no longer a member. */
export function Membership({ children }: { readonly children: ReactNode }) {
  const { state } = useConnectionStatus();
  return state === "closed" ? <NoMember /> : children;
}

/** Leads to another person, and goes on by itself once an admin lets this one in again. */
function NoMember() {
  const { person, switchTo, ...before } = useDemo();
  const [people, setPeople] = useState(before.people);
  useEffect(() => {
    const look = async () => {
      const now = await readPeople().catch(() => undefined); // the next look is soon
      if (now) setPeople(now);
      return now;
    };
    void look();
    const timer = setInterval(() => void look().then((now) => now?.some(({ id, isMember }) => id === person.id && isMember) && switchTo(person.id)), everyMs);
    return () => clearInterval(timer);
  }, [person.id, switchTo]);
  const others = people.filter(({ id, isMember }) => id !== person.id && isMember);
  return (
    <main className="main">
      <div className="notice">
        <h1>You are no longer a member of Brightwater</h1>
        <p>Once an admin lets you in again, this page goes on by itself. If your data was erased, only another account can work here. Or go on as somebody else.</p>
        {others.map(({ id, name }) => <button key={id} type="button" className="button" onClick={() => switchTo(id)}>{name}</button>)}
      </div>
    </main>
  );
}
