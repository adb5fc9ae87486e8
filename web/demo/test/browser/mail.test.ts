import { createServer, type AddressInfo, type Server } from "node:net";
import { once } from "node:events";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Office } from "./office.js";
import { hides, says, shows } from "./stage.js";
import { expectStored, setPreferences } from "./stored.js";

let mail: Server;
let office: Office;
beforeAll(async () => {
  mail = await unknowing();
  const { port } = mail.address() as AddressInfo;
  office = await Office.open({ PUBLIC_URL: "https://crm.example", SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: "tandem@crm.example", DIGEST_HOUR: "1s" });
});
afterEach((test) => office.leave(test));
afterAll(async () => {
  await office.close();
  mail.close();
});

/** Starts a mail server that knows no address. */
async function unknowing(): Promise<Server> {
  const server = createServer((socket) => {
    socket.setEncoding("ascii").write("220 localhost\r\n");
    socket.on("error", () => socket.destroy());
    socket.on("data", (line: string) => void socket.write(line.startsWith("RCPT") ? "550 5.1.1 no such mailbox\r\n" : "250 localhost\r\n"));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
}

test("an address that the mail server does not know is named, with a button that tries it again", async () => {
  await office.ask("ben", setPreferences, { input: { digest: "HOURLY", channels: [{ kind: "MENTION", channels: ["IN_APP", "EMAIL"] }] } });
  const id = await office.colleague("chloe").create("Returned Mail Ltd");
  await office.ask("chloe", 'mutation ($id: ID!) { addComment(input: { entityId: $id, body: "Have a look.", mentionIds: ["ben"] }) { __typename } }', { id });
  await expectStored(office, "ben", ({ refusedEmail }) => refusedEmail, "ben@example.com");
  const { page } = await office.open("ben", "/inbox/preferences");
  const channels = page.getByRole("region", { name: "Channels" });
  await says(channels.getByRole("status"), "The mail server does not know ben@example.com");
  const box = page.getByRole("checkbox", { name: "Comments: E-mail" });
  expect(await box.isEnabled()).toBe(false);
  await channels.getByRole("button", { name: "Try again" }).click();
  await hides(channels.getByText("The mail server does not know"));
  await shows(page.getByRole("checkbox", { name: "Comments: E-mail", disabled: false }));
  await expectStored(office, "ben", ({ refusedEmail, digest }) => [refusedEmail, digest], [null, "HOURLY"]);
});
