import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { build } from "esbuild";
import { tabs, type Tab } from "../src/browsers.ts";
import { atEnd } from "../src/cleanup.ts";
import { applied, create, update } from "../src/operations/customers.ts";
import { Proxy } from "../src/proxy.ts";
import { Server, temporaryFolder } from "../src/server.ts";
import { setups } from "../src/setups.ts";
import { organization, token } from "../src/token.ts";
import { until } from "../src/until.ts";
import { connectUntilEnd } from "../src/world.ts";

const hire = organization();

/** Bundles the set-ups with the page that uses them, for a server that is reached at a port. */
async function bundle(t: TestContext, port: number): Promise<string> {
  const address = `127.0.0.1:${port}/graphql`;
  const folder = await setups({ http: `http://${address}`, ws: `ws://${address}`, token: token(hire("Ben")) });
  atEnd(t, () => folder.remove());
  const { outputFiles } = await build({ entryPoints: [join(folder.path, "page.ts")], bundle: true, write: false, format: "esm", target: "es2022" });
  return outputFiles[0]?.text ?? "";
}

/** Serves a page whose script counts what becomes of its sockets, and then runs the bundle. */
async function serve(t: TestContext, script: () => string): Promise<string> {
  const counting = `globalThis.ends = { error: 0, close: 0 };
    globalThis.WebSocket = class extends WebSocket {
      constructor(...given) {
        super(...given);
        for (const end of ["error", "close"]) this.addEventListener(end, () => ends[end]++);
      }
    };`;
  const server = createServer(({ url }, response) => {
    const [type, body] = url === "/page.js" ? ["text/javascript", `${counting}\n${script()}`] : ["text/html", '<!doctype html><script type="module" src="/page.js"></script>'];
    response.setHeader("content-type", type).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(t, () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Page {
  versions: Record<string, number[]>;
  names: Record<string, string>;
  failures: string[];
}

/** Waits until all set-ups of a page got the versions from 2 on to this one, each once and in order, and its caches show it. */
async function gets(name: string, tab: Tab, version: number): Promise<void> {
  const all = Array.from({ length: version - 1 }, (_, i) => i + 2);
  let page: Page | undefined;
  const arrived = async () => {
    page = await tab.evaluate<Page>("page");
    return Object.values(page.versions).every((got) => got.length >= all.length) && Object.values(page.names).every((shown) => shown === `v${version}`);
  };
  await until(`version ${version} in ${name}`, arrived).catch((error: Error) => {
    throw new Error(`${error.message}; the page has ${JSON.stringify(page)}`);
  });
  assert.deepEqual(page, {
    versions: { "graphql-ws": all, Apollo: all, urql: all },
    names: { Apollo: `v${version}`, urql: `v${version}` },
    failures: [],
  }, name);
}

test("the documented set-ups resume in real browsers, however their connection ends", async (t) => {
  const folder = await temporaryFolder();
  atEnd(t, () => folder.remove());
  let script = "";
  const page = await serve(t, () => script);
  const server = await Server.start({ DATABASE_URL: `sqlite:${join(folder.path, "tandem.db")}`, ALLOWED_ORIGINS: page });
  atEnd(t, () => server.stop());
  const proxy = await Proxy.start(Number(new URL(server.http).port));
  atEnd(t, () => proxy.close());
  script = await bundle(t, proxy.port);

  const ada = connectUntilEnd(t, "graphql-ws", server, hire("Ada"));
  const { customer } = applied(await create(ada, { name: "v1" }));
  let version = 1;
  const rename = async () => {
    applied(await update(ada, { id: customer.id, version }, { name: `v${version + 1}` }));
    version++;
  };
  const opened = await Promise.all(Object.entries(tabs).map(async ([name, launch]) => {
    const tab = await launch();
    atEnd(t, () => tab.close());
    await tab.open(`${page}/#${customer.id},${customer.cursor}`);
    return [name, tab] as const;
  }));
  const allGet = () => Promise.all(opened.map(([name, tab]) => gets(name, tab, version)));
  const sawErrors = (atLeast: number) => Promise.all(opened.map(([name, tab]) =>
    until(`${atLeast} errors in ${name}`, async () => (await tab.evaluate<number>("ends.error")) >= atLeast)));

  await rename();
  await allGet();

  proxy.reset();
  await rename();
  await allGet();

  // Each of the three has attempts that a browser reports as an error.
  proxy.refuse();
  await rename();
  await sawErrors(6);
  await proxy.accept();
  await allGet();

  // These end without a RST or a FIN.
  proxy.freeze();
  await rename();
  await allGet();
});
