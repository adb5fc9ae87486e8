import type { Draft } from "./tab";

/**
 * Returns an address that opens an operation. The operation is in the fragment, which browsers do not send to servers.
 *
 * @example
 * linkTo({ query: "{ viewer { role } }", variables: "{}", operation: "" }); // ".../playground?as=ada#query=…"
 */
export function linkTo({ query, variables, operation }: Required<Draft>): string {
  const address = new URL(location.href);
  const parts = Object.entries({ query, variables, operation }).filter(([, text]) => text);
  address.hash = new URLSearchParams(parts).toString();
  return address.href;
}

/** Takes the operation out of the address; undefined if it names none. */
export function takeLinked(): Draft | undefined {
  const given = new URLSearchParams(location.hash.slice(1));
  const query = given.get("query");
  if (!query) return undefined;
  const address = new URL(location.href);
  address.hash = "";
  // The tab is kept from here on; a reload must not bring back what was changed since.
  history.replaceState(null, "", address);
  return { query, variables: given.get("variables") ?? "", operation: given.get("operation") ?? "" };
}
