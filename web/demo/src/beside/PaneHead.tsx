import { ChevronDown } from "lucide-react";
import { Avatar } from "@tandem/react";
import { words } from "../format/words.js";
import { firstName, type DemoPerson } from "../session/people.js";
import { Menu, MenuItem } from "../ui/Menu.js";

interface PaneHeadProps {
  readonly people: readonly DemoPerson[];
  readonly person: DemoPerson;
  change(id: string): void;
}

/** The head of one of two windows: whose it is, and a menu to change that. */
export function PaneHead({ people, person, change }: PaneHeadProps) {
  return (
    <header className="pane-head">
      <Avatar person={{ ...person, avatar: null }} size="small" /> You are {firstName(person.name)}
      <Menu className="button quiet push" label={`You are ${person.name}, change person`} button={<>Change person <ChevronDown /></>}>
        {people.map((each) => (
          <MenuItem key={each.id} checked={each.id === person.id} run={() => change(each.id)}>
            <Avatar person={{ ...each, avatar: null }} size="small" /> {each.name} <span className="faint push">{words(each.role)}</span>
          </MenuItem>
        ))}
      </Menu>
    </header>
  );
}
