import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { atEnd } from "../src/cleanup.ts";
import { connect } from "../src/connect.ts";
import { customers } from "../src/operations/company.ts";
import { applied, update } from "../src/operations/customers.ts";
import { freePort, services } from "../src/services.ts";
import { Server, temporaryFolder } from "../src/server.ts";
import { until } from "../src/until.ts";

services();

const root = new URL("../..", import.meta.url);

/** The README's ts block, and the json block behind it: what it prints. */
async function example(): Promise<{ program: string; prints: unknown }> {
  const readme = await readFile(new URL("README.md", root), "utf8");
  const [, program, prints] = /```ts\n(.*?)```\s+```json\n(.*?)```/s.exec(readme) ?? [];
  assert.ok(program && prints, "README.md has a ts block with a json block behind it");
  return { program, prints: comparable(prints) };
}

/** Parses an event without its cursor, which differs from one demo to the next. */
function comparable(event: string): unknown {
  return JSON.parse(event, (key, value: unknown) => (key === "cursor" ? "…" : value));
}

test("the README's follower type-checks, and prints what the README says", async (t) => {
  const { program, prints } = await example();
  const folder = await temporaryFolder();
  atEnd(t, () => folder.remove());
  const server = await Server.startWith({ METRICS_ADDR: `127.0.0.1:${await freePort()}` }, folder.path);
  atEnd(t, () => server.stop());
  const token = await until("token for Ada", () => /Ada Lindqvist\s+ADMIN\s+(eyJ\S+)/.exec(server.output)?.[1]);

  // Below e2e, so that it finds the packages there.
  const source = await mkdtemp(fileURLToPath(new URL("e2e/readme-", root)));
  atEnd(t, () => rm(source, { recursive: true }));
  await writeFile(join(source, "follow.mts"), program.replaceAll("127.0.0.1:8080", new URL(server.http).host));
  await writeFile(join(source, "tsconfig.json"), JSON.stringify({ extends: "../tsconfig.json", include: ["follow.mts"] }));
  await promisify(execFile)("npx", ["--no-install", "tsc", "--noEmit", "-p", source], { cwd: fileURLToPath(new URL("e2e", root)) });

  const follower = spawn(process.execPath, ["--import", "tsx", join(source, "follow.mts")], {
    cwd: fileURLToPath(new URL("e2e", root)), env: { ...process.env, TOKEN: token }, stdio: ["ignore", "pipe", "inherit"],
  });
  atEnd(t, () => void follower.kill());
  let printed = "";
  follower.stdout.on("data", (data: Buffer) => (printed += data.toString()));
  await until("subscription", async () => {
    assert.equal(follower.exitCode, null, "the follower ended");
    return (await server.metric('tandem_subscriptions{to="changes"}')) === 1;
  });

  const ada = connect("graphql-ws", server, token);
  atEnd(t, () => ada.close());
  const { nodes: [first] } = await customers(ada, { first: 1 });
  assert.ok(first);
  applied(await update(ada, first, { name: "Aalto & Sons" }));
  const event = await until("event", () => printed.includes("\n") && printed.split("\n")[0]);
  assert.deepEqual(comparable(event), prints);

  // It continues after its last cursor once the server is back.
  await server.stop();
  await server.start();
  const again = connect("graphql-ws", server, token);
  atEnd(t, () => again.close());
  const { nodes: [renamed] } = await customers(again, { first: 1 });
  assert.ok(renamed);
  applied(await update(again, renamed, { phone: "+358 40 123 4567" }));
  const lines = await until("second event", () => printed.split("\n").length > 2 && printed.trimEnd().split("\n"));
  assert.deepEqual(lines.map((line) => JSON.parse(line).customerChanged.changes[0].field), ["name", "phone"]);
});
