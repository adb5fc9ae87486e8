import type { FormattedExecutionResult, GraphQLSchema } from "graphql";
import { documentOf, type ReadyOperation } from "../operations/readyOperations";
import { readRecords, recordsQuery } from "../operations/records";
import { variablesOf } from "../operations/samples";
import { createIdentity, nobody, type Identity, type Side } from "../people/identity";
import type { Session } from "../people/session";
import { post } from "../server/http";
import type { SchemaSource } from "../server/schema";
import { createSocket, type Socket } from "../server/socket";
import { createRuns, type Runs } from "../runs/runs";
import { createHistory, type History } from "../tabs/history";
import { openStore, type Store } from "../tabs/store";
import type { Draft } from "../tabs/tab";
import { createTabs, type Tabs } from "../tabs/tabs";
import type { Value } from "../value";
import { createProblems, type Problems } from "./problems";

/** One person at work: who it is, a connection of its own, tabs, and what their operations gave. */
export interface SidePane {
  readonly side: Side;
  readonly identity: Identity;
  readonly problems: Problems;
  readonly socket: Socket;
  readonly tabs: Tabs;
  readonly history: History;
  readonly runs: Runs;
  readonly schema: Value<GraphQLSchema | undefined>;
  readonly store: Store;
  /** The id by which presence knows this side of this window. */
  readonly clientId: string;
  /** Asks for something that the page itself needs, beside the runs of the tabs. */
  ask(query: string, variables: Record<string, unknown>): Promise<FormattedExecutionResult>;
  /** Runs the open tab, and remembers it. */
  run(): void;
  /** Opens a tab with a ready operation and values of records that exist. */
  openReady(operation: ReadyOperation): Promise<void>;
  /** The chosen person asks on every way to the server: by HTTP from the next request on, on the socket by a new connection. */
  becomeAnother(): void;
  /** Reads the schema as this person, unless it is known or there is no token to read it with yet. */
  readSchema(): void;
}

interface Parts {
  readonly session: Value<Session>;
  readonly source: SchemaSource;
  readonly side: Side;
  /** The person to begin with, where neither the address nor this window names one. */
  readonly preferred?: string;
  readonly examples: (identity: Identity, self: Self) => Promise<Draft[]>;
}

/** The side of a pane, and the id by which presence knows it. */
export type Self = Pick<SidePane, "side" | "clientId">;

/** Makes one side of the page. The examples are its tabs on a first visit. */
export async function createSidePane({ session, source, side, preferred, examples }: Parts): Promise<SidePane> {
  const { customerId } = session.get().examples;
  const identity = createIdentity(session, side, preferred);
  const problems = createProblems();
  const store = openStore(customerId, side);
  const clientId = `playground-${side === "as" ? 1 : 2}`;
  const socket = createSocket(identity, problems);
  const tabs = createTabs(store, await examples(identity, { side, clientId }), problems);
  const runs = createRuns({
    socket,
    schema: source.schema,
    endpoint: () => session.get().endpoint,
    token: identity.token,
    renew: async () => Boolean(identity.person()) && identity.renew(),
    refusal: (refused) => noteRefusal(refused, identity, problems),
  });
  const history = createHistory(store);
  const ask = async (query: string, variables: Record<string, unknown>) =>
    (await post(session.get().endpoint, identity.token(), { query, variables })).result;
  session.subscribe(() => noteNewData(session.get(), problems, customerId));
  const pane = { side, identity, problems, socket, tabs, history, runs, store, schema: source.schema, clientId, ask };
  const readSchema = () => {
    if (identity.token() || identity.who.get() === nobody) void source.read(identity, problems);
  };
  return {
    ...pane,
    readSchema,
    run: () => {
      runs.start(tabs.current());
      history.add(tabs.current());
    },
    openReady: async (operation) => tabs.add(await draftOf(operation, pane)),
    becomeAnother() {
      problems.clear("token");
      socket.reconnect();
      readSchema();
    },
  };
}

type Asking = Pick<SidePane, "identity" | "schema" | "clientId" | "ask">;

/** A ready operation as a tab. Where the server does not answer, the variables have placeholders. */
async function draftOf(operation: ReadyOperation, { identity, schema, clientId, ask }: Asking): Promise<Draft> {
  const known = schema.get()!;
  const { people, examples } = identity.session.get();
  const me = identity.person();
  const { data } = await ask(recordsQuery(known), { ids: Object.values(examples).filter(Boolean) });
  const otherPerson = people.findLast(({ id }) => id !== me?.id)?.id ?? "the id of a member";
  const records = readRecords(data, { otherPerson, clientId, token: me?.token ?? "" });
  const variables = variablesOf(operation, records);
  const text = Object.keys(variables).length > 0 ? JSON.stringify(variables, null, 2) : "";
  return { query: documentOf(known, operation), variables: text };
}

function noteRefusal(refused: boolean, identity: Identity, problems: Problems): string {
  if (!refused) {
    problems.clear("token");
    return "";
  }
  const text = refusedWords(identity);
  problems.report({ topic: "token", text });
  return text;
}

function refusedWords(identity: Identity): string {
  const person = identity.person();
  if (person) return `The server refused the token of ${person.name}, and a fresh one too. Choose another person.`;
  if (identity.token()) return "The server refused this token: it is invalid, or has expired. Paste another one above.";
  return "The server requires a token. Choose a person, or paste a token above.";
}

/** The examples name records. Where the demo data was made anew, those are gone, and a reload gives examples of the new ones. */
function noteNewData({ examples }: Session, problems: Problems, customerId: string): void {
  if (examples.customerId === customerId) return;
  problems.report({
    topic: "data",
    text: "The server made its demo data anew, so the ids in these tabs are gone.",
    action: { label: "Reload with new examples", run: () => location.reload() },
  });
}
