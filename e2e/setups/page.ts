// The page with which test/browsers.test.ts tries the set-ups beside it: all three follow the customer of its address
// (#<id>,<cursor>), and `page` has what they got.
import { parse } from "graphql";
import { pipe, subscribe } from "wonka";
import { client as apollo } from "./apollo";
import { follow } from "./follow";
import { client as urql } from "./urql";

const query = parse("query ($id: ID!) { customer(id: $id) { id version name } }");
const subscription = parse(`subscription ($id: ID, $after: Cursor) { customerChanged(id: $id, after: $after) {
  cursor version customer { id version name } } }`);
const [id = "", after = ""] = location.hash.slice(1).split(",");

/** The versions that each set-up got, in order; the names that their caches show; and the errors that ended one. */
const page = {
  versions: { "graphql-ws": [] as number[], Apollo: [] as number[], urql: [] as number[] },
  names: { Apollo: "", urql: "" },
  failures: [] as string[],
};
Object.assign(globalThis, { page });
const failed = (name: string) => (error: unknown) => page.failures.push(`${name}: ${String(error)}`);

follow(async () => after, (change) => page.versions["graphql-ws"].push(change.version), new AbortController().signal).catch(failed("graphql-ws"));

apollo.watchQuery({ query, variables: { id } }).subscribe(({ data }: any) => { page.names.Apollo = data?.customer.name; });
apollo.subscribe({ query: subscription, variables: { id, after } }).subscribe({
  next: ({ data, error }: any) => (error ? failed("Apollo")(error) : page.versions.Apollo.push(data.customerChanged.version)),
  error: failed("Apollo"),
  complete: () => failed("Apollo")("complete"),
});

pipe(urql.query(query, { id }), subscribe(({ data }: any) => { page.names.urql = data?.customer.name; }));
pipe(urql.subscription(subscription, { id, after }), subscribe(({ data, error }: any) =>
  error ? failed("urql")(error) : page.versions.urql.push(data.customerChanged.version)));
