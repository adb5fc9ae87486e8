import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Chromium } from "../../testing/browsers/index.js";
import { Server } from "../../testing/server.js";
import { organization, SECRET, token, type Person } from "../../testing/token.js";
import { until } from "../../testing/until.js";
import { Application, pack, type Packed } from "./application.js";

let folder: string;
let packed: Packed;
let browser: Chromium;
let server: Server | undefined;
let application: Application | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tandem-packed-"));
  [packed, browser] = await Promise.all([pack(folder), Chromium.launch()]);
});
afterEach(async () => {
  await application?.remove();
  await server?.remove();
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A page that keeps what goes wrong in it, and the operations that it sends. */
async function open(): Promise<{ page: Page; problems: string[]; operations: string[] }> {
  const { context } = await browser.profile();
  const page = await context.newPage();
  const problems: string[] = [];
  const operations: string[] = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("request", (request) => request.url().endsWith("/graphql") && operations.push(request.postData() ?? ""));
  return { page, problems, operations };
}

async function create(person: Person, name: string): Promise<string> {
  const document = "mutation ($name: String!) { createCustomer(input: {name: $name}) { ... on CustomerSaved { customer { id } } } }";
  return (await server!.ask<{ createCustomer: { customer: { id: string } } }>(person, document, { name })).createCustomer.customer.id;
}

async function setPhone(person: Person, id: string, phone: string, version = 1): Promise<void> {
  const document = "mutation ($id: ID!, $version: Int!, $phone: String) { updateCustomer(input: {id: $id, baseVersion: $version, patch: {phone: $phone}}) { __typename } }";
  await server!.ask(person, document, { id, version, phone });
}

async function versionOf(person: Person, id: string): Promise<number> {
  return (await server!.ask<{ customer: { version: number } }>(person, "query ($id: ID!) { customer(id: $id) { version } }", { id })).customer.version;
}

async function phoneOf(person: Person, id: string): Promise<string | null> {
  return (await server!.ask<{ customer: { phone: string | null } }>(person, "query ($id: ID!) { customer(id: $id) { phone } }", { id })).customer.phone;
}

test.each(["15.5.29", "16.4.6"])("Next %s: the server renders a customer with the session of Auth.js, and the page goes on live", async (version) => {
  application = await Application.install("next", { ...packed, next: version });
  server = await Server.start({ ALLOWED_ORIGINS: application.url });
  const environment = { AUTH_SECRET: SECRET, TANDEM_URL: server.url, ORIGIN: application.url };
  await application.build(environment);
  await application.start(environment, "--hostname", "127.0.0.1");
  const ben: Person = { id: "ben", org: "example", role: "MEMBER", name: "Ben Okafor" };
  const id = await create(ben, "Acme");

  const { page, problems, operations } = await open();
  await page.goto(`${application.url}/customers/${id}`);
  await page.getByRole("button", { name: "Ada" }).click();
  await page.getByRole("heading", { name: "Acme" }).waitFor();
  expect(await (await page.request.get(page.url())).text()).toContain("<h1>Acme</h1>");
  await page.getByRole("list", { name: "People here" }).waitFor();
  expect(operations.filter((body) => body.includes("CustomerPage"))).toEqual([]);

  await setPhone(ben, id, "+1 555 0100");
  await page.getByText("Phone: +1 555 0100").waitFor();
  await page.getByLabel("Name").fill("Apex");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Apex" }).waitFor();
  const nameOf = async () => (await server!.ask<{ customer: { name: string } }>(ben, "query ($id: ID!) { customer(id: $id) { name } }", { id })).customer.name;
  await until("saved name", async () => (await nameOf()) === "Apex");
  expect(problems).toEqual([]);
});

test.each(["19.3.1", "18.3.1"])("Vite with React %s: a list that urql shows is live, and has edits before the server has them; a form shows conflicts", async (react) => {
  const ada = organization()("Ada");
  server = await Server.start();
  const environment = { TANDEM_URL: new URL(server.url).origin, VITE_TOKEN: token(ada) };
  application = await Application.install("vite", { ...packed, react, "react-dom": react });
  await application.build(environment);
  await application.start(environment, "--host", "127.0.0.1");
  const id = await create(ada, "Acme");
  const ben: Person = { ...ada, id: "ben", name: "Ben" };

  const { page, problems } = await open();
  await page.goto(application.url);
  await page.getByText("Acme: no phone").waitFor();
  await until("subscription", async () => {
    await setPhone(ada, id, "+358 40 555 0199");
    return page.getByText("Acme: +358 40 555 0199").isVisible();
  });
  await page.getByRole("button", { name: "Set the phone of Acme" }).click();
  await page.getByText("Acme: +1 555 0100").waitFor();
  await until("saved phone", async () => (await phoneOf(ada, id)) === "+1 555 0100");

  await page.getByRole("button", { name: "Edit Acme" }).click();
  await page.getByRole("list", { name: "People here" }).getByText("Ada").waitFor();
  await until("phone in the form", async () => (await page.getByLabel("Phone").inputValue()) === "+1 555 0100");
  await page.getByLabel("Phone").fill("+1 555 0101");
  await setPhone(ben, id, "+1 555 0199", await versionOf(ada, id));
  await page.getByText("Ben set +1 555 0199").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  const dialog = page.getByRole("dialog", { name: "Resolve conflict" });
  await dialog.getByRole("radio", { name: "Yours" }).check();
  await dialog.getByRole("button", { name: "Apply" }).click();
  await dialog.waitFor({ state: "hidden" });
  await until("phone that was chosen", async () => (await phoneOf(ada, id)) === "+1 555 0101");
  await page.getByRole("feed").getByText("+1 555 0199").first().waitFor();
  expect(problems).toEqual([]);
});
