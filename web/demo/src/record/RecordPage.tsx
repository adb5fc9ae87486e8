import type { EntityTypeName } from "@tandem/client";
import { useLiveData, useSeen, type EntityKey, type LiveData } from "@tandem/react";
import { Link } from "wouter";
import { Feed } from "../activity/Feed.js";
import { pathOf, roomOf, type Call, type Deal, type Meeting } from "../live/entities.js";
import { Status } from "../ui/Status.js";
import { Undecided } from "../ui/Undecided.js";
import { RecordForm } from "./RecordForm.js";
import { RecordHead } from "./RecordHead.js";
import { RefusedCreate, useRefusedCreate } from "./RefusedCreate.js";
import { RecordState } from "./RecordState.js";
import { useRecordCommands } from "./useRecordCommands.js";
import { useStays } from "./useStays.js";
import "../styles/record.css";

type Shown = Call & Meeting & Deal;

/** The page of a call, a meeting or a deal: its fields, its customer, the people here, and what has happened. */
export default function RecordPage({ type, id }: { readonly type: Exclude<EntityTypeName, "Customer">; readonly id: string }) {
  const entity = useLiveData<Shown>({ key: `${type.toLowerCase()}:${id}` as EntityKey });
  const stays = useStays(entity);
  const refused = useRefusedCreate(id);
  if (refused) return <RefusedCreate type={type} record={refused} />;
  if (!entity.data || !stays) return <RecordState type={type} id={id} entity={entity} />;
  return <Record type={type} id={id} entity={entity} data={entity.data} />;
}

interface RecordProps {
  readonly type: Exclude<EntityTypeName, "Customer">;
  readonly id: string;
  readonly entity: LiveData<Shown>;
  readonly data: Shown;
}

function Record({ type, id, entity, data }: RecordProps) {
  const room = roomOf(type, id);
  const seen = useSeen(room, ({ comments }) => comments > 0);
  useRecordCommands(type);
  return (
    <>
      <RecordHead type={type} data={data} entity={entity} room={room}>
        <Undecided id={id} fields={["stage", "status"]}><Status value={data.stage ?? data.status} /></Undecided>
        {data.customer && <Link href={pathOf("Customer", data.customer.id)} className="button quiet wide-only">{data.customer.displayName}</Link>}
      </RecordHead>
      <div className="record" data-tab="details">
        <RecordForm type={type} id={id} />
        <section className="record-side" aria-label="Activity">
          <div className="tab-panel" data-fills><Feed feedType="global" filters={{ entityIds: [id] }} here={id} newestRef={seen} /></div>
        </section>
      </div>
    </>
  );
}
