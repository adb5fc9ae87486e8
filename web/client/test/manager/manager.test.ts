import { afterAll, beforeAll, expect, test } from "vitest";
import type { TandemData } from "../../src/data/live.js";
import { createWebSocketManager, type RealtimeMessage } from "../../src/manager/index.js";
import type { Tandem } from "../../src/tandem.js";
import { changeCustomer, clientOf, createCustomer } from "../../../testing/crm.js";
import { Proxy } from "../../../testing/proxy.js";
import { Server } from "../../../testing/server.js";
import { organization } from "../../../testing/token.js";
import { until } from "../../../testing/until.js";

let server: Server;
let tandem: Tandem & TandemData;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.remove());

/** A manager that keeps all messages of some channels. */
function listening(...channels: string[]) {
  const manager = createWebSocketManager(tandem);
  const messages: RealtimeMessage[] = [];
  const keep = (message: RealtimeMessage) => void messages.push(message);
  for (const channel of channels) manager.subscribe(channel, keep);
  return { manager, keep, of: (channel: string) => messages.filter((message) => message.channel === channel) };
}

test("channels of entities, activity and notifications have a message for each event, and continue over a lost connection", async () => {
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  const id = await createCustomer(server, ada, { name: "Acme" });
  const proxy = await Proxy.before(server.port);
  tandem = clientOf(proxy.url, ada);
  const { manager, keep, of } = listening(`customer:${id}`, "entities", "activity", `activity:user:${ben.id}`, "connection");
  await manager.connect();
  expect(manager.getConnectionStatus().state).toBe("connected");
  await until("catching up", () => !tandem.status.get().catchingUp);

  await changeCustomer(server, ben, id, { phone: "1" });
  proxy.reset();
  await changeCustomer(server, ben, id, { status: "ACTIVE" });
  const update = (changes: object[], version: number) => ({ type: "data_update", userId: ben.id, payload: { entityType: "Customer", entityId: id, kind: "updated", version, changes } });
  const expected = [
    update([{ field: "phone", oldValue: null, newValue: "1" }], 2),
    update([{ field: "status", oldValue: "lead", newValue: "active" }], 3),
  ];
  await until("updates", () => [`customer:${id}`, "entities", "activity", `activity:user:${ben.id}`].every((channel) => of(channel).length === 2));
  expect(of(`customer:${id}`)).toMatchObject(expected);
  expect(of("entities")).toMatchObject(expected);
  expect(of("activity")).toMatchObject([{ payload: { type: "update", entityName: "Acme" } }, { userId: ben.id }]);
  expect(of("activity")[0]?.timestamp).toBeInstanceOf(Date);
  expect(of("connection").some(({ type, payload }) => type === "system" && (payload as { status: { state: string } }).status.state === "reconnecting")).toBe(true);

  manager.unsubscribe("entities", keep);
  const before = of("entities").length;
  await changeCustomer(server, ben, id, { phone: "2" });
  await until("third update", () => of(`customer:${id}`).length === 3);
  expect(of("entities").length).toBe(before);
  expect(new Set(of(`customer:${id}`).map((message) => message.id)).size).toBe(3);
  tandem.close();
  await proxy.close();
});

test("edits and presences are sent, conflicts and people come back, and everything else is refused", async () => {
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  const id = await createCustomer(server, ada, { name: "Acme", phone: "1" });
  tandem = clientOf(server.url, ada);
  const { manager, of } = listening(`customer:${id}`, "customer:none", "room:desk");
  await manager.connect();
  manager.send({ type: "data_update", channel: `customer:${id}`, payload: { phone: "2", status: "active" } });
  await until("own update", () => of(`customer:${id}`).length === 1);
  expect(of(`customer:${id}`)[0]).toMatchObject({ userId: ada.id, payload: { version: 2 } });

  manager.send({ type: "presence_update", channel: "room:desk", payload: { editingField: "phone" } });
  const field = (message: RealtimeMessage) => (message.payload as { currentUser?: { editingField: string | null } }).currentUser?.editingField;
  await until("own presence", () => of("room:desk").some((message) => message.type === "presence_update" && field(message) === "phone"));

  const clash = `mutation ($id: ID!) { updateCustomer(input: {id: $id, baseVersion: 1, patch: {phone: "3"}}) { __typename } }`;
  await server.ask(ben, clash, { id });
  await until("conflict", () => of(`customer:${id}`).some(({ type, payload }) => type === "conflict" && (payload as { kind: string }).kind === "opened"));

  expect(() => manager.send({ type: "system", channel: "session", payload: {} })).toThrow(TypeError);
  expect(() => manager.send({ type: "presence_update", channel: "room:elsewhere", payload: {} })).toThrow("Subscribe to room:elsewhere first");
  expect(() => manager.subscribe("weather:berlin", () => {})).toThrow("There is no channel");
  manager.send({ type: "data_update", channel: "customer:none", payload: { phone: "2" } });
  await until("failure", () => of("customer:none").some(({ type, payload }) => type === "system" && (payload as { code: string }).code === "NOT_FOUND"));
  manager.disconnect();
  expect(manager.getConnectionStatus().state).toBe("idle");
  tandem.close();
  await expect(manager.connect()).rejects.toMatchObject({ code: "CLOSED" });
});
