import { ChevronLeft } from "lucide-react";
import type { EntityData, EntityTypeName } from "@tandem/client";
import { PresenceIndicator, type EntityKey, type LiveData } from "@tandem/react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { fullTime, since } from "../format/time.js";
import { typeWords } from "../live/entities.js";
import { useNow } from "../live/useNow.js";
import { firstName } from "../session/people.js";
import { Connection } from "../shell/Connection.js";
import { usePageTitle } from "../shell/usePageTitle.js";
import { nameFields, Undecided } from "../ui/Undecided.js";
import { RecordMenu } from "./RecordMenu.js";
import { WatchMenu } from "./WatchMenu.js";

interface RecordHeadProps {
  readonly type: EntityTypeName;
  readonly data: EntityData;
  readonly entity: Pick<LiveData<never>, "access" | "deleted" | "remove" | "restore">;
  readonly room: EntityKey;
  readonly children?: ReactNode;
}

/** The head of the page of an entity: its name and state, the people here, and the connection. */
export function RecordHead({ type, data, entity, room, children }: RecordHeadProps) {
  const list = `/${typeWords[type].many.toLowerCase()}`;
  usePageTitle(data.displayName);
  return (
    <header className="topbar record-head">
      <Link href={list} className="button quiet icon" aria-label={`All ${typeWords[type].many.toLowerCase()}`}>
        <ChevronLeft />
      </Link>
      <span className="mark wide-only" aria-hidden="true">{[...data.displayName][0]}</span>
      <div className="record-title">
        <h1 className="clip"><Undecided id={data.id} fields={nameFields}>{data.displayName}</Undecided></h1>
        <LastChange data={data} />
      </div>
      {children}
      <span className="push" />
      <Connection />
      <PresenceIndicator roomId={room} maxVisible={4} showCurrentUser />
      {!entity.deleted && data.version > 0 && (
        <>
          <WatchMenu type={type} id={data.id} />
          <RecordMenu type={type} list={list} data={data} entity={entity} />
        </>
      )}
    </header>
  );
}

function LastChange({ data: { version, updatedBy, updatedAt } }: { readonly data: EntityData }) {
  const when = since(updatedAt, useNow());
  if (version === 0) return <p className="faint clip">not on the server yet</p>;
  return (
    <p className="faint clip wide-only" title={fullTime(updatedAt)}>
      version {version} · changed by {updatedBy ? firstName(updatedBy.name) : "somebody"} {when}
    </p>
  );
}
