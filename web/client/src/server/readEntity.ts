import { Credentials } from "../connection/credentials.js";
import { Http } from "../connection/http.js";
import { platformOf } from "../connection/platform.js";
import { dataOf } from "../data/entityData.js";
import type { EntityData } from "../data/live.js";
import { readPage } from "../data/page.js";
import { Entities } from "../store/entities.js";
import type { EntityTypeName } from "../store/types.js";

/**
 * How a server that renders pages reaches the API, on behalf of the person whose request it answers.
 *
 * @example
 * ```ts
 * const options: ServerOptions = { url, headers: { cookie: request.headers.get("cookie") ?? "", origin } };
 * ```
 */
export interface ServerOptions {
  /** The whole address of the API, such as `https://crm.example.com/graphql`. */
  readonly url: string;
  /** The credentials of the person: `authorization`, or `cookie` with the `origin` of the application. */
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch?: typeof fetch;
}

/**
 * An entity for the first picture of a page, and the position at which it was read: `initialData` and `after` of
 * `useLiveData`, or the third argument of `tandem.entity`.
 *
 * @example
 * ```tsx
 * <CustomerPanel id={id} initialData={rendered.data} after={rendered.after} />
 * ```
 */
export interface RenderedEntity<T extends EntityData = EntityData> {
  readonly data: T;
  readonly after: string;
}

/**
 * Reads an entity on a server, for a page that goes on with it in the browser: what changes in between is received there,
 * and nothing is read twice. Resolves to undefined if there is no such entity for the person.
 *
 * @example
 * ```ts
 * const rendered = await readEntity({ url, headers: { cookie, origin } }, "Customer", id);
 * if (!rendered) notFound();
 * ```
 */
export async function readEntity<T extends EntityData = EntityData>(options: ServerOptions, type: EntityTypeName, id: string): Promise<RenderedEntity<T> | undefined> {
  const { url, headers, fetch: send = fetch } = options;
  const withHeaders: typeof fetch = (address, init) => send(address, { ...init, cache: "no-store", headers: { ...(init?.headers as Record<string, string>), ...headers } });
  const http = new Http(url, new Credentials(undefined), platformOf({ fetch: withHeaders }));
  const entities = new Entities();
  const { asOf, nodes: [node] } = await readPage(http, entities, { type, filter: { ids: [id] }, first: 1, access: true });
  const view = entities.view(id);
  if (!node || !view) return undefined;
  return { data: { ...dataOf<T>(entities, view, type), viewerAccess: node.viewerAccess }, after: asOf };
}
