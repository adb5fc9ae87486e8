import { CircleX } from "lucide-react";
import type { EntityTypeName, OutboxRecord } from "@tandem/client";
import { useOutbox } from "@tandem/react";
import { useLocation } from "wouter";
import { typeWords } from "../live/entities.js";
import { TopBar } from "../shell/TopBar.js";
import { RefusedValues } from "./RefusedValues.js";

/** Returns the edit that was to create an entity, if the server refused it. */
export function useRefusedCreate(id: string): OutboxRecord | undefined {
  return useOutbox().records.find(({ kind, state, entityId }) => kind === "create" && state === "refused" && entityId === id);
}

/** The page of an entity that was not created: the reason, and the text that was given. */
export function RefusedCreate({ type, record }: { readonly type: EntityTypeName; readonly record: OutboxRecord }) {
  const { discard } = useOutbox();
  const [, go] = useLocation();
  const { one, many } = typeWords[type];
  const dismiss = () => {
    go(`/${many.toLowerCase()}`, { replace: true });
    void discard(record.clientMutationId);
  };
  return (
    <>
      <TopBar title={many} />
      <div className="notice" role="alert">
        <CircleX aria-hidden />
        <h2>This {one} was not created</h2>
        <p>{record.refusal?.message}</p>
        <RefusedValues record={record} />
        <button type="button" className="button" onClick={dismiss}>Dismiss</button>
      </div>
    </>
  );
}
