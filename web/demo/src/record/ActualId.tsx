import type { EntityTypeName } from "@tandem/client";
import { useOutbox, useTandem } from "@tandem/react";
import { FileQuestion } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useLocation, useSearch } from "wouter";
import { pathOf, typeWords } from "../live/entities.js";
import { TopBar } from "../shell/TopBar.js";
import { Notice } from "../ui/Notice.js";
import { actualIdOf, isNew, isRenamed, keepActualId } from "./newIds.js";

interface ActualIdProps {
  readonly type: EntityTypeName;
  readonly id: string;
  children(id: string): ReactNode;
}

/**
 * Shows the page of an entity by the id that the server knows it by, and replaces the address when the server has created
 * the entity. A new one that this device does not know has a way to the list.
 */
export function ActualId({ type, id, children }: ActualIdProps) {
  const tandem = useTandem();
  const { records } = useOutbox();
  const [, go] = useLocation();
  const search = useSearch();
  const isReady = useReady();
  const created = tandem.entity(type, id).id;
  const actual = isNew(created) ? actualIdOf(id) : created;
  useEffect(() => {
    if (actual === undefined || actual === id) return;
    keepActualId(id, actual);
    go(pathOf(type, actual) + (search && `?${search}`), { replace: true });
  }, [actual, id, type, search, go]);
  const waits = records.some((record) => record.entityId === id);
  if (actual === undefined && isReady && !waits) return <Unknown type={type} />;
  return children(actual ?? id);
}

/** Reports whether the edits that wait on this device are known. */
function useReady(): boolean {
  const { ready } = useTandem();
  const [is, setIs] = useState(false);
  useEffect(() => {
    let ended = false;
    void ready.then(() => ended || setIs(true));
    return () => void (ended = true);
  }, [ready]);
  return is;
}

function Unknown({ type }: { readonly type: EntityTypeName }) {
  const [, go] = useLocation();
  const { one, many } = typeWords[type];
  const list = many.toLowerCase();
  return (
    <>
      <TopBar title={many} />
      <Notice icon={<FileQuestion />} title={`This ${one} is not on this device`} action={{ label: `All ${list}`, run: () => go(`/${list}`) }}>
        The address is that of a new {one} on another device, or of one that was not created. If the server has it, it is in the list.
      </Notice>
    </>
  );
}

/** Keeps the ids that the server gives to the entities that are created on this device, whatever page is shown. */
export function useCreatedIds(): void {
  const tandem = useTandem();
  const { records } = useOutbox();
  const waiting = useRef(new Map<string, EntityTypeName>());
  useEffect(() => {
    for (const { kind, entityId, entityType } of records) if (kind === "create") waiting.current.set(entityId, entityType);
    for (const [id, type] of waiting.current) {
      const { id: actual } = tandem.entity(type, id);
      if (isNew(actual)) continue;
      waiting.current.delete(id);
      keepActualId(id, actual);
    }
  }, [tandem, records]);
}

/**
 * Returns a key of the page that is shown. It stays when the server gives the entity of the page another id, so that the
 * person goes on where they are.
 */
export function usePageKey(path: string): string {
  const [at, setAt] = useState({ path, key: path });
  const next = at.path === path ? at : { path, key: isRenamed(at.path, path) ? at.key : path };
  if (next !== at) setAt(next);
  return next.key;
}
