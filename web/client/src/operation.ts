/**
 * The text of a GraphQL operation that knows the types of its answer and of its variables. Any text is one; a tool that
 * generates types, such as GraphQL Code Generator, can give texts their types.
 *
 * @example
 * ```ts
 * const customer = `query ($id: ID!) { customer(id: $id) { id version name } }` as
 *   Document<{ customer: { id: string; version: number; name: string } | null }, { id: string }>;
 * ```
 */
export type Document<Data = unknown, Variables = Record<string, unknown>> = string & {
  /** For the types only: there is no such property. */
  readonly __types?: (variables: Variables) => Data;
};

/**
 * One query or mutation, or one subscription.
 *
 * @example
 * ```ts
 * const operation: Operation = { query: "query ($id: ID!) { customer(id: $id) { name } }", variables: { id } };
 * ```
 */
export interface Operation {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  readonly operationName?: string | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** An error in an answer. Programs decide by `extensions.code`; the codes are those of the protocol, section 15. */
export interface GraphQLFault {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly retryAfterMs?: number; readonly [name: string]: unknown };
}

/**
 * An answer of the server, as GraphQL defines it.
 *
 * @example
 * ```ts
 * const { data, errors } = await tandem.link.execute<CustomerQuery>({ query, variables });
 * ```
 */
export interface Result<T> {
  readonly data?: T | null;
  readonly errors?: readonly GraphQLFault[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}
