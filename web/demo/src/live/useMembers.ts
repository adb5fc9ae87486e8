import { request, type Person } from "@tandem/client";
import { useTandem } from "@tandem/react";
import { useEffect, useState } from "react";
import { MembersDocument } from "../documents/documents.js";

const read = new WeakMap<object, Promise<readonly Person[]>>();

/** Returns the people of the organization: whom something can belong to, and who can be mentioned. They are read once. */
export function useMembers(): readonly Person[] {
  const tandem = useTandem();
  const [members, setMembers] = useState<readonly Person[]>([]);
  useEffect(() => {
    let current = true;
    const members = read.get(tandem) ?? request(tandem.link, MembersDocument, {}).then(({ viewer }) => viewer.organization.members.nodes.map(({ user }) => user));
    read.set(tandem, members);
    // Without an answer, one can go on without choosing people; the next component to need them asks again.
    members.then((people) => current && setMembers(people)).catch(() => read.delete(tandem));
    return () => void (current = false);
  }, [tandem]);
  return members;
}
