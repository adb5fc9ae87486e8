import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
} from "graphql";
import type { ReadyOperation } from "./readyOperations";
import { entityTypeOf, type Records } from "./records";

type Input = GraphQLArgument | GraphQLInputField;

/**
 * Returns values for the variables of an operation. Ids, versions and cursors are those of records that exist, so that
 * the operation does something when it is run as it is.
 *
 * @example
 * variablesOf(operation, records); // { id: "cus_…", after: "…" }
 */
export function variablesOf(operation: ReadyOperation, records: Records): Record<string, unknown> {
  const entity = entityTypeOf(operation.field.name, records);
  const sampler = new Sampler(records, entity);
  const values = operation.field.args.map((arg) => [arg.name, isRequiredArgument(arg) ? sampler.of(arg) : sampler.optional(arg)]);
  return Object.fromEntries(values);
}

/** Makes values by the names of inputs first, then by their types. */
class Sampler {
  constructor(
    private readonly records: Records,
    private readonly entity: string,
  ) {}

  /** The value of an input that may be left out: null, unless it helps to see something. */
  optional(input: Input): unknown {
    switch (input.name) {
      case "id":
        return this.record().id;
      case "first":
        return 10;
      case "clientId":
        return this.records.clientId;
      case "open":
        return true;
      default:
        return null;
    }
  }

  of(input: Input): unknown {
    return this.byName(input.name) ?? this.byType(input.type, input.name);
  }

  private record() {
    return this.records.entities[this.entity] ?? { id: "an id", version: 1 };
  }

  private byName(name: string): unknown {
    const { entities, clientId, otherPerson, conflicts, ids } = this.records;
    const record = this.record();
    const values: Record<string, unknown> = {
      id: record.id,
      entityId: record.id,
      room: record.id,
      rooms: [record.id],
      ids: ids.length > 0 ? ids : Object.values(entities).map(({ id }) => id),
      baseVersion: record.version,
      userId: otherPerson,
      clientId,
      conflictId: conflicts[this.entity] ?? "an id from conflicts",
      token: this.records.token || "a fresh token of the same person",
      currency: "EUR",
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      body: "Hello from the playground",
      // Nobody reads this endpoint; the keys are those of RFC 8291, appendix A.
      endpoint: "https://push.example.com/from-the-playground",
      p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
      auth: "BTBZMqHH6r4Tts7J_aSIgg",
    };
    return values[name];
  }

  private byType(type: GraphQLInputType, name: string): unknown {
    const nullable = getNullableType(type);
    if (isListType(nullable)) return [this.byType(nullable.ofType, name)];
    const named = getNamedType(nullable);
    if (isInputObjectType(named)) return this.object(named);
    if (isEnumType(named)) return named.getValues()[0]?.value;
    switch (named.name) {
      case "Int":
      case "SafeInt":
      case "Float":
        return 1;
      case "Boolean":
        return false;
      case "DateTime":
        return soon(/^end/.test(name) ? 25 : 24);
      case "Date":
        return soon(24).slice(0, 10);
      case "JSON":
        return {};
      default:
        return "From the playground";
    }
  }

  /** The required fields; where nothing is required, as in a patch, the first text. */
  private object(type: GraphQLInputObjectType): Record<string, unknown> {
    const fields = Object.values(type.getFields());
    const required = fields.filter(isRequiredInputField);
    const text = fields.find((field) => !isNonNullType(field.type) && getNamedType(field.type).name === "String");
    const chosen = required.length > 0 || !text ? required : [text];
    return Object.fromEntries(chosen.map((field) => [field.name, this.of(field)]));
  }
}

/** A full hour after some hours, as a DateTime. */
function soon(hours: number): string {
  const hour = 3_600_000;
  return new Date(Math.ceil(Date.now() / hour + hours) * hour).toISOString();
}
