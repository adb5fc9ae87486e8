import type { GraphQLSchema } from "graphql";
import { useState } from "react";
import { findInSchema, type Found } from "./search";
import { TypeDocs } from "./TypeDocs";

/** A place in the documentation: a type, and perhaps one of its fields. */
export interface Place {
  readonly type: string;
  readonly field: string;
}

interface Props {
  readonly schema: GraphQLSchema | undefined;
  /** The places that led here, the newest last. */
  readonly trail: readonly Place[];
  onGo(place: Place): void;
  onBack(): void;
  /** Opens the ready operation of a root field. */
  onTry(field: string): void;
}

/** The documentation of the schema: search, types, fields and arguments. */
export function Docs({ schema, trail, onGo, onBack, onTry }: Props) {
  const [wanted, setWanted] = useState("");
  const here = trail.at(-1);
  const go = (place: Place) => {
    setWanted("");
    onGo(place);
  };
  if (!schema) return <p className="faint">The documentation needs the schema, which is not known.</p>;
  const type = here && schema.getType(here.type);
  return (
    <section className="docs" aria-label="Documentation">
      <header className="panel-head">
        <h2>Documentation</h2>
        {here && (
          <button type="button" onClick={onBack}>
            Back
          </button>
        )}
      </header>
      <input
        type="search"
        aria-label="Search the documentation"
        placeholder="Search"
        value={wanted}
        onChange={({ target }) => setWanted(target.value)}
      />
      {wanted.trim() && <Results found={findInSchema(schema, wanted)} onGo={go} />}
      {!wanted.trim() && type && <TypeDocs key={type.name} schema={schema} type={type} field={here.field} onGo={go} onTry={onTry} />}
      {!wanted.trim() && !type && <Roots schema={schema} onGo={go} />}
    </section>
  );
}

function Roots({ schema, onGo }: { schema: GraphQLSchema; onGo(place: Place): void }) {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter((type) => type != null);
  return (
    <>
      <p className="muted">Begin with a kind of operation, or search for a type or a field.</p>
      <ul>
        {roots.map(({ name, description }) => (
          <li key={name}>
            <button type="button" className="link" onClick={() => onGo({ type: name, field: "" })}>
              {name}
            </button>
            {description && <p className="muted">{description}</p>}
          </li>
        ))}
      </ul>
    </>
  );
}

function Results({ found, onGo }: { found: Found[]; onGo(place: Place): void }) {
  if (found.length === 0) return <p className="muted">Nothing has these words.</p>;
  return (
    <ul>
      {found.map(({ type, field, about }) => (
        <li key={`${type}.${field}`}>
          <button type="button" className="link" onClick={() => onGo({ type, field })}>
            {field ? `${type}.${field}` : type}
          </button>
          <p className="muted brief">{about}</p>
        </li>
      ))}
    </ul>
  );
}
