import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Chromium, type ChromiumTab } from "../../browsers/index.js";
import { picture } from "../../pictures.js";
import { freePort } from "../../ports.js";
import { Server } from "../../server.js";
import { organization, token } from "../../token.js";
import { until } from "../../until.js";

const ada = organization()("Ada");

let browser: Chromium;
let server: Server;

beforeAll(async () => void (browser = await Chromium.launch()));
afterAll(() => browser.close());
afterEach(() => server.remove());

/** The value and the line of a plot, by its title. */
function plot(tab: ChromiumTab, title: string) {
  return tab.run((wanted) => {
    const figure = [...document.querySelectorAll("figure")].find((each) => each.querySelector("figcaption")?.firstChild?.textContent === wanted);
    return { value: figure?.querySelector("b")?.textContent ?? "", line: figure?.querySelector("path")?.getAttribute("d") ?? "" };
  }, title);
}

/** Opens a subscription as an event stream. The stream ends when its body is canceled, or collected as garbage. */
async function follow(): Promise<Response> {
  const answer = await fetch(server.url, {
    method: "POST",
    headers: { "Content-Type": "application/json", accept: "text/event-stream", authorization: `Bearer ${token(ada)}` },
    body: JSON.stringify({ query: "subscription Follow { customerChanged { cursor } }" }),
  });
  expect(answer.status).toBe(200);
  return answer;
}

test("the page for operators shows traffic as it comes, and says when the instance is gone", async () => {
  const address = `127.0.0.1:${await freePort()}`;
  server = await Server.start({ METRICS_ADDR: address });
  const tab = await (await browser.profile({ viewport: { width: 1280, height: 1400 } })).tab(`http://${address}/debug/tandem`);
  const problems: string[] = [];
  tab.page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  tab.page.on("pageerror", (error) => problems.push(error.message));

  await until("a first value", async () => (await plot(tab, "Connections")).value === "0");
  expect((await plot(tab, "Operations")).value, "a rate after one look").toBe("–");
  const stream = await follow();
  const busy = async (): Promise<boolean> => {
    await server.ask(ada, 'mutation Create { createCustomer(input: {name: "Acme"}) { __typename } }');
    const values = await Promise.all(["Connections", "Operations", "Written", "Delivered"].map((title) => plot(tab, title)));
    return values[0]?.value === "1" && values.slice(1).every(({ value, line }) => /^[1-9.\d,]+\/s$/.test(value) && line.split("L").length > 3);
  };
  await until("values that move", busy);
  expect(await tab.run(() => document.querySelector("#broadcasts")?.textContent)).toContain("Follow");
  expect(await tab.run(() => document.querySelector("#rings")?.textContent)).toContain(ada.org);
  expect(await tab.run(() => document.querySelector("#troubles")?.textContent)).toBe("");
  expect(await tab.run(() => document.documentElement.scrollWidth <= innerWidth), "the page fits").toBe(true);
  await picture(tab.page, "operator", "busy");
  expect(problems).toEqual([]);

  await stream.body?.cancel();
  await server.kill();
  await until("a sentence", () => tab.run(() => /does not answer/.test(document.querySelector("#troubles")?.textContent ?? "")));
  expect((await plot(tab, "Connections")).value).toBe("–");
  await picture(tab.page, "operator", "gone");
});
