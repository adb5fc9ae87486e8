import { Clock } from "lucide-react";
import type { EntityData, RoomState } from "@tandem/client";
import { Avatar } from "@tandem/react";
import { memo, type MouseEvent } from "react";
import { Link, useLocation } from "wouter";
import { pathOf } from "../live/entities.js";
import { useChangedFields } from "../live/useChangedFields.js";
import { Undecided } from "../ui/Undecided.js";
import type { ListOf } from "./lists.js";

interface ListRowProps<T extends EntityData> {
  readonly list: ListOf<T>;
  readonly entity: T;
  readonly now: number;
  readonly room: RoomState | undefined;
  readonly entered: boolean;
}

function Row<T extends EntityData>({ list, entity, now, room, entered }: ListRowProps<T>) {
  const [, go] = useLocation();
  const changed = useChangedFields(entity);
  const path = pathOf(list.type, entity.id);
  const aside = list.aside?.(entity);
  const under = list.under(entity);
  // The name is the link; a click anywhere else on the row is a convenience for the mouse.
  const open = (event: MouseEvent) => !(event.target as Element).closest("a, button") && go(path);
  return (
    <tr className={entered ? "entered" : undefined} onClick={open}>
      <td className="name" data-changed={list.nameFields.some((field) => changed.has(field)) || undefined}>
        <span className="row">
          {list.mark && <span className="mark" aria-hidden="true">{list.mark(entity)}</span>}
          <span className="name-text">
            <Link href={path} data-row className="clip"><Undecided id={entity.id}>{entity.displayName}</Undecided></Link>
            {under && <span className="under clip narrow-only">{under}</span>}
          </span>
          {aside && <span className="aside clip">{aside}</span>}
          {entity.version === 0 && <Clock className="waits" aria-label="Waits on this device" />}
        </span>
      </td>
      {list.columns.map(({ title, hiddenWhen, numeric, fields, cell }) => (
        <td key={title} className={numeric ? "end" : undefined} data-hidden={hiddenWhen} data-changed={fields.some((field) => changed.has(field)) || undefined}>{cell(entity, now)}</td>
      ))}
      <td data-hidden="narrow">{room?.users.some(({ isSelf }) => !isSelf) && <PeopleOnRow room={room} />}</td>
    </tr>
  );
}

/** A row changes only with its entity, the people on it, or the time that it shows. */
export const ListRow = memo(Row) as typeof Row;

function PeopleOnRow({ room }: { readonly room: RoomState }) {
  const users = room.users.filter(({ isSelf }) => !isSelf);
  return (
    <ul className="stack" aria-label="On this row">
      {users.slice(0, 3).map(({ key, user, leaving }) => (
        <li key={key} className={leaving ? "leaving" : undefined} title={user.name}>
          <Avatar person={user} size="small" /> <span className="visually-hidden">{user.name}</span>
        </li>
      ))}
      {users.length > 3 && <li className="more">+{users.length - 3}</li>}
    </ul>
  );
}
