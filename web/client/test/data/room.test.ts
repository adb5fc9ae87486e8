import { afterAll, beforeAll, expect, test } from "vitest";
import type { Transport } from "../../src/connection/status.js";
import type { RoomState } from "../../src/data/live.js";
import { clientOf, watching } from "../../../testing/crm.js";
import { Proxy } from "../../../testing/proxy.js";
import { Server } from "../../../testing/server.js";
import { organization, token } from "../../../testing/token.js";
import { until } from "../../../testing/until.js";

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.remove());

const people = ({ users }: RoomState) => users.map(({ user, editingField, leaving }) => `${user.name}${editingField ? ` ${editingField}` : ""}${leaving ? " leaving" : ""}`).sort().join(", ");

test("people in a room see each other, what they edit, and for a while who left", async () => {
  const hire = organization();
  const [ada, ben] = [clientOf(server.url, hire("Ada")), clientOf(server.url, hire("Ben"))];
  const hers = watching(ada.room("desk"));
  const state = await hers.until("oneself", ({ currentUser, users }) => currentUser !== undefined && users.length === 1);
  expect(state).toMatchObject({ totalCount: 1, stale: false, looking: true, currentUser: { isSelf: true, user: { name: "Ada" }, status: "online" } });
  const room = ben.room("desk");
  const his = watching(room);
  await Promise.all([hers.until("both", (each) => people(each) === "Ada, Ben"), his.until("both", (each) => people(each) === "Ada, Ben")]);
  room.update({ editingField: "phone", status: "busy" });
  await hers.until("editing", (each) => people(each) === "Ada, Ben phone" && each.users.some(({ status }) => status === "busy"));
  const rows = watching(ada.rooms(["desk", "empty"]));
  await rows.until("rows", (each) => people(each.get("desk") ?? hers.values[0]!) === "Ada, Ben phone" && each.get("empty")?.totalCount === 0);
  his.stop();
  await hers.until("leaving", (each) => people(each) === "Ada, Ben leaving" && each.totalCount === 1);
  await hers.until("gone", (each) => people(each) === "Ada");
  for (const tandem of [ada, ben]) tandem.close();
});

test.each<Transport>(["sse", "poll"])("over %s, a person is in a room until they leave it", async (transport) => {
  const hire = organization();
  const ada = clientOf(server.url, hire("Ada"));
  const hers = watching(ada.room("desk", { watch: true }));
  const ben = clientOf(server.url, hire("Ben"), { transports: [transport] });
  const room = ben.room("desk");
  const his = watching(room);
  await hers.until("Ben", (each) => people(each) === "Ben");
  await his.until("himself", ({ currentUser }) => currentUser?.status === "online");
  room.update({ editingField: "phone" });
  await hers.until("editing", (each) => people(each) === "Ben phone");
  his.stop();
  await hers.until("nobody", (each) => people(each) === "");
  for (const tandem of [ada, ben]) tandem.close();
});

test("of many updates few are sent, and the last one always is, also over a lost connection", async () => {
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  const sent: string[] = [];
  const proxy = await Proxy.before(server.port);
  const writer = clientOf(proxy.url, ben, {
    fetch: (url, init) => {
      if (String(init?.body).includes("updatePresence")) sent.push(String(init?.body));
      return fetch(url, init);
    },
  });
  const reader = clientOf(server.url, ada);
  const seen = watching(reader.room("desk", { watch: true }));
  const room = writer.room("desk");
  watching(room);
  await seen.until("Ben", (state) => people(state) === "Ben");
  for (let n = 0; n < 50; n++) room.update({ editingField: `field ${n}` });
  await seen.until("last field", (state) => people(state) === "Ben field 49");
  expect(sent.length).toBeLessThan(5);
  proxy.set({ refuse: true });
  proxy.reset();
  room.update({ editingField: "notes" });
  proxy.set({});
  await seen.until("the field that was chosen while away", (state) => people(state) === "Ben notes");
  expect(reader.room("desk", { watch: true }).get().currentUser).toBeUndefined();
  writer.close();
  reader.close();
  await proxy.close();
});

test("an update that the server has not answered is sent again, with what was chosen since", async () => {
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  let broken = 0;
  const writer = clientOf(server.url, ben, {
    fetch: (url, init) => {
      if (!String(init?.body).includes("updatePresence") || broken > 1) return fetch(url, init);
      broken++;
      return Promise.reject(new TypeError("The network broke off."));
    },
  });
  const reader = clientOf(server.url, ada);
  const seen = watching(reader.room("desk", { watch: true }));
  const room = writer.room("desk");
  watching(room);
  await seen.until("Ben", (state) => people(state) === "Ben");
  room.update({ editingField: "phone", status: "busy" });
  await until("the first attempt", () => broken === 1);
  room.update({ editingField: "notes" });
  await seen.until("both changes", (state) => people(state) === "Ben notes" && state.users[0]?.status === "busy");
  for (const tandem of [writer, reader]) tandem.close();
});

test("when another person signs in, the room shows at once what their tab shows, without another update", async () => {
  const hire = organization();
  const [ada, ben, cleo] = [hire("Ada"), hire("Ben"), hire("Cleo")];
  const proxy = await Proxy.before(server.port);
  let present = ada;
  const tandem = clientOf(proxy.url, ada, { token: async () => token(present) });
  const reader = clientOf(server.url, cleo);
  const seen = watching(reader.room("desk", { watch: true }));
  const room = tandem.room("desk");
  watching(room);
  room.update({ editingField: "phone", status: "busy" });
  await seen.until("Ada", (state) => people(state) === "Ada phone");
  proxy.set({ refuse: true });
  proxy.reset();
  present = ben;
  proxy.set({});
  tandem.connect();
  await seen.until("Ben", ({ users }) => users.some(({ user, editingField, status }) => user.name === "Ben" && editingField === "phone" && status === "busy"));
  await seen.until("Ben alone", (state) => people(state) === "Ben phone");
  for (const each of [tandem, reader]) each.close();
  await proxy.close();
});
