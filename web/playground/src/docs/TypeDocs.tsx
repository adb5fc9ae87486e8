import {
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type GraphQLType,
} from "graphql";
import { useEffect, useRef } from "react";
import type { Place } from "./Docs";
import { membersOf, type Member } from "./search";

interface Props {
  readonly schema: GraphQLSchema;
  readonly type: GraphQLNamedType;
  /** The field to begin at; empty for the beginning. */
  readonly field: string;
  onGo(place: Place): void;
  onTry(field: string): void;
}

/** A type with all that it consists of. Every type that it names leads on. */
export function TypeDocs({ schema, type, field, onGo, onTry }: Props) {
  const chosen = useRef<HTMLLIElement>(null);
  useEffect(() => {
    chosen.current?.scrollIntoView({ block: "nearest" });
  }, [field]);
  const isRoot = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].includes(type as never);
  return (
    <article>
      <h3>
        <code>{type.name}</code>
      </h3>
      {type.description && <Description text={type.description} />}
      {isAbstractType(type) && (
        <p className="muted">
          Possible types:{" "}
          {schema.getPossibleTypes(type).map((possible) => (
            <TypeLink key={possible.name} type={possible} onGo={onGo} />
          ))}
        </p>
      )}
      <ul>
        {membersOf(type).map((member) => (
          <li key={member.name} ref={member.name === field ? chosen : null} className={member.name === field ? "chosen" : ""}>
            <MemberDocs type={type} member={member} onGo={onGo} onTry={isRoot ? onTry : undefined} />
          </li>
        ))}
      </ul>
    </article>
  );
}

interface MemberProps {
  readonly type: GraphQLNamedType;
  readonly member: Member;
  onGo(place: Place): void;
  readonly onTry: ((field: string) => void) | undefined;
}

function MemberDocs({ type, member, onGo, onTry }: MemberProps) {
  const { name, description } = member;
  return (
    <>
      <p className="signature">
        <code>{name}</code>
        {!isEnumType(type) && <TypeLink type={(member as GraphQLInputField).type} onGo={onGo} />}
        {onTry && (
          <button type="button" aria-label={`Try ${name}`} onClick={() => onTry(name)}>
            Try
          </button>
        )}
      </p>
      {description && <Description text={description} />}
      {takesArguments(type) && <Arguments args={(member as GraphQLField<unknown, unknown>).args} onGo={onGo} />}
    </>
  );
}

/** A description. The schema marks names by backticks. */
function Description({ text }: { text: string }) {
  return <p className="muted">{text.split("`").map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part))}</p>;
}

function takesArguments(type: GraphQLNamedType): boolean {
  return (isObjectType(type) || isInterfaceType(type)) && !isInputObjectType(type);
}

function Arguments({ args, onGo }: { args: readonly GraphQLArgument[]; onGo(place: Place): void }) {
  if (args.length === 0) return null;
  return (
    <ul className="arguments" aria-label="Arguments">
      {args.map(({ name, type, description }) => (
        <li key={name}>
          <p className="signature">
            <code>{name}</code> <TypeLink type={type} onGo={onGo} />
          </p>
          {description && <Description text={description} />}
        </li>
      ))}
    </ul>
  );
}

function TypeLink({ type, onGo }: { type: GraphQLType; onGo(place: Place): void }) {
  return (
    <button type="button" className="link" onClick={() => onGo({ type: getNamedType(type).name, field: "" })}>
      {String(type)}
    </button>
  );
}
