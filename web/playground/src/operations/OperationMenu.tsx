import type { GraphQLSchema } from "graphql";
import { useRef, useState, type KeyboardEvent } from "react";
import { Dialog } from "../page/Dialog";
import { matching, readyOperations, type Kind, type ReadyOperation } from "./readyOperations";

interface Props {
  readonly schema: GraphQLSchema | undefined;
  onChoose(operation: ReadyOperation): void;
  onExamples(): void;
  onClose(): void;
}

const headings: Record<Kind, string> = { query: "Queries", mutation: "Mutations", subscription: "Subscriptions" };

/** All operations of the schema, to be found by a part of a name or of a description. */
export function OperationMenu({ schema, onChoose, onExamples, onClose }: Props) {
  const [wanted, setWanted] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const found = schema ? matching(readyOperations(schema), wanted) : [];
  // The kind of the best match comes first, so that Enter opens the first operation of the list.
  const kinds = new Set(found.map(({ kind }) => kind));
  const chooseFirst = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.nativeEvent.isComposing || !found[0]) return;
    // The dialog closes now, and Enter would press the button that gets the focus back.
    event.preventDefault();
    onChoose(found[0]);
  };
  return (
    <Dialog title="Ready operations" className="menu" onClose={onClose}>
      <div onKeyDown={(event) => moveFocus(event, list.current)}>
        <input
          type="search"
          aria-label="Find an operation"
          placeholder="Find by name or purpose"
          value={wanted}
          onChange={({ target }) => setWanted(target.value)}
          onKeyDown={chooseFirst}
        />
        <div className="menu-list" ref={list}>
          {[...kinds].map((kind) => (
            <Group key={kind} title={headings[kind]} operations={found.filter((one) => one.kind === kind)} onChoose={onChoose} />
          ))}
          {found.length === 0 && <p className="faint">{schema ? "No operation is like that." : "The schema is not known."}</p>}
        </div>
      </div>
      <footer className="dialog-foot">
        <span className="faint">Each comes with values of records that exist.</span>
        <button type="button" onClick={onExamples}>
          Restore examples
        </button>
      </footer>
    </Dialog>
  );
}

function Group({ title, operations, onChoose }: { title: string; operations: ReadyOperation[]; onChoose(one: ReadyOperation): void }) {
  if (operations.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3>
        {title} <span className="faint">{operations.length}</span>
      </h3>
      <ul>
        {operations.map((operation) => (
          <li key={operation.name}>
            <button type="button" className="row" onClick={() => onChoose(operation)}>
              <code>{operation.field.name}</code>
              <span className="muted">{operation.about}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The arrow keys move through the list, and from the field into it and back. */
function moveFocus(event: KeyboardEvent, list: HTMLElement | null): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !list) return;
  event.preventDefault();
  const field = list.parentElement?.querySelector("input");
  const stops = [...(field ? [field] : []), ...list.querySelectorAll("button")];
  const at = stops.findIndex((stop) => stop === document.activeElement);
  stops[Math.max(0, Math.min(stops.length - 1, at + step))]?.focus();
}
