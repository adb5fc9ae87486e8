import { ArchiveX, Lock, TriangleAlert } from "lucide-react";
import type { EntityTypeName } from "@tandem/client";
import type { LiveData } from "@tandem/react";
import { useLocation } from "wouter";
import { since } from "../format/time.js";
import { typeWords } from "../live/entities.js";
import { useAway } from "../live/useAway.js";
import { useNow } from "../live/useNow.js";
import { TopBar } from "../shell/TopBar.js";
import { NotHere } from "../ui/NotHere.js";
import { Notice } from "../ui/Notice.js";
import { WaitingEdits } from "../ui/WaitingEdits.js";
import "../styles/record.css";

interface RecordStateProps {
  readonly type: EntityTypeName;
  readonly id: string;
  readonly entity: LiveData<never> | Omit<LiveData<never>, "data">;
}

/** The page of an entity that can't be shown: the reason, and what the person can do. */
export function RecordState({ type, id, entity }: RecordStateProps) {
  const [, go] = useLocation();
  const now = useNow();
  const away = useAway();
  const { one, many } = typeWords[type];
  const back = { label: `All ${many.toLowerCase()}`, run: () => go(`/${many.toLowerCase()}`) };
  return (
    <>
      <TopBar title={many} />
      {entity.status === "denied" && <Notice icon={<Lock />} title={`You may not see this ${one}`} action={back}>Its owner or an admin can share it with you.</Notice>}
      {entity.status === "gone" && (
        <Notice icon={<ArchiveX />} title={`This ${one} is gone`} action={entity.deleted ? { label: "Restore it", run: () => void entity.restore() } : back}>
          {entity.deleted ? `${entity.deleted.by?.name ?? "Somebody"} deleted it ${since(entity.deleted.at, now)}.` : "It was deleted, or is no longer shared with you."}
        </Notice>
      )}
      {entity.status === "error" && (
        <Notice icon={<TriangleAlert />} title={`This ${one} could not be loaded`} action={{ label: "Try again", run: () => void entity.reload() }}>{entity.error?.message}</Notice>
      )}
      {(entity.status === "loading" || entity.status === "stale" || entity.status === "live") && (away ? <NotHere what={`This ${one}`}><WaitingEdits type={type} id={id} /></NotHere> : <Skeleton />)}
    </>
  );
}

function Skeleton() {
  return (
    <div className="record skeleton-record" aria-busy="true" aria-label="Loading">
      <div className="record-form">
        {[60, 80, 45, 70, 90].map((width, index) => (
          <span key={index} className="bone tall" style={{ width: `${width}%` }} />
        ))}
      </div>
      <div className="record-side" />
    </div>
  );
}
