import { CombinedGraphQLErrors, CombinedProtocolErrors, ServerError } from "@apollo/client/errors";
import { CombinedError } from "@urql/core";

/** The part of a GraphQL error that the tests look at. */
export interface GraphQLFault {
  readonly message: string;
  readonly extensions?: { readonly code?: string } | undefined;
}

/** The server answered with GraphQL errors. */
export class Refused extends Error {
  constructor(readonly faults: readonly GraphQLFault[]) {
    super(faults.map((fault) => `${fault.message} (${fault.extensions?.code})`).join("; "));
  }

  /** The machine-readable code of each error. */
  get codes(): (string | undefined)[] {
    return this.faults.map((fault) => fault.extensions?.code);
  }
}

/** There was no answer: the connection broke, or was closed. Whether a mutation was applied is not known. */
export class Interrupted extends Error {
  constructor(
    reason: string,
    /** The close code of the socket, where there was one. */
    readonly code?: number,
  ) {
    super(`interrupted: ${reason}`);
  }
}

/** Says in one way what the three clients say in theirs. */
export function asFault(error: unknown): Refused | Interrupted {
  if (error instanceof Refused || error instanceof Interrupted) return error;
  if (Array.isArray(error)) return new Refused(error as GraphQLFault[]);
  if (CombinedGraphQLErrors.is(error) || CombinedProtocolErrors.is(error)) return new Refused(error.errors as readonly GraphQLFault[]);
  if (ServerError.is(error)) return fromBody(error.bodyText) ?? new Interrupted(error.message);
  if (error instanceof CombinedError) {
    if (error.graphQLErrors.length > 0) return new Refused(error.graphQLErrors as readonly GraphQLFault[]);
    return asFault(error.networkError ?? new Error("no reason given"));
  }
  if (isCloseEvent(error)) return new Interrupted(`socket closed with ${error.code} ${error.reason}`, error.code);
  if (error instanceof Error) return new Interrupted(`${error.message} ${String(error.cause ?? "")}`);
  return new Interrupted(describe(error));
}

/** Apollo keeps the errors of a response that is not 2xx as text. */
function fromBody(body: string): Refused | undefined {
  try {
    const { errors } = JSON.parse(body) as { errors?: GraphQLFault[] };
    return errors && new Refused(errors);
  } catch {
    return undefined;
  }
}

function isCloseEvent(error: unknown): error is { code: number; reason: string } {
  return typeof error === "object" && error !== null && "code" in error && "reason" in error;
}

function describe(error: unknown): string {
  if (typeof error === "object" && error !== null && "message" in error) return String(error.message);
  return String(error);
}
