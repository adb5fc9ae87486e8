import { ChevronsUpDown, Columns2 } from "lucide-react";
import { Avatar } from "@tandem/react";
import { words } from "../format/words.js";
import { useRole } from "../live/useRole.js";
import { useDemo } from "../session/context.js";
import { isPane, openBeside } from "../session/panes.js";
import { firstName } from "../session/people.js";
import { useSwitch } from "../push/useSwitch.js";
import { Menu, MenuItem } from "../ui/Menu.js";

/** The person whose page this is, with menus to go on as another, and to open one beside. */
export function Me() {
  const { person, people } = useDemo();
  const switchTo = useSwitch();
  const others = people.filter(({ id }) => id !== person.id);
  return (
    <>
      {!isPane() && (
        <Menu className="nav beside-button" label="Open a second person beside this one" button={<><Columns2 aria-hidden /> Open a second person</>}>
          {others.map((each) => (
            <MenuItem key={each.id} run={() => openBeside(person.id, each.id)}>
              <Avatar person={{ ...each, avatar: null }} size="small" /> {firstName(each.name)} beside me
            </MenuItem>
          ))}
        </Menu>
      )}
      <Menu
        className="me"
        says
        label="Change person"
        button={
          <>
            <Avatar person={{ ...person, avatar: null }} />
            <span className="clip">
              {person.name}{" "}
              <small className="clip">{words(useRole())} · change person</small>
            </span>
            <ChevronsUpDown className="push" />
          </>
        }
      >
        {people.map((each) => (
          <MenuItem key={each.id} checked={each.id === person.id} run={() => switchTo(each.id)}>
            <Avatar person={{ ...each, avatar: null }} size="small" /> {each.name} <span className="faint push">{words(each.role)}</span>
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}
