import { useOutbox } from "@tandem/react";
import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

/** The fields that name an entity, of all types. */
export const nameFields = ["name", "title", "subject"];

interface UndecidedProps {
  readonly id: string;
  /** The fields that the content shows; without them, it stands for the entity. */
  readonly fields?: readonly string[];
  readonly children: ReactNode;
}

/** Shows something of an entity, and marks it while it comes from an edit in conflict: it is not stored until its person decides. */
export function Undecided({ id, fields, children }: UndecidedProps) {
  const { records } = useOutbox();
  const waits = records.some(({ entityId, state, patch }) => entityId === id && state === "conflict" && (fields?.some((field) => field in patch) ?? true));
  if (!waits) return children;
  return (
    <span className="undecided" title="Not stored: this waits for your decision">
      <TriangleAlert aria-hidden /> <span className="visually-hidden">Undecided: </span>
      {children}
    </span>
  );
}
