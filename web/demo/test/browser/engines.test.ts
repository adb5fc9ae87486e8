import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, type Tab } from "../../../testing/browsers/index.js";
import { Office } from "./office.js";

let office: Office;

beforeAll(async () => void (office = await Office.open()));
afterAll(() => office.close());

declare global {
  /** The errors of the page since it was opened. */
  var problems: string[];
}

/** Keeps the errors of a page from now on, until it is loaded again. */
function keepProblems(): void {
  const problems: string[] = (globalThis.problems = []);
  const { error } = console;
  console.error = (...all) => {
    problems.push(all.join(" "));
    error(...all);
  };
  addEventListener("error", ({ message }) => problems.push(message));
  addEventListener("unhandledrejection", ({ reason }) => problems.push(String(reason)));
  addEventListener("securitypolicyviolation", ({ blockedURI, effectiveDirective }) => problems.push(`${effectiveDirective}: ${blockedURI}`));
}

const shows = (tab: Tab, what: string, selector: string, text = "") =>
  tab.waitFor(what, (all, part) => [...document.querySelectorAll<HTMLElement>(all)].some((each) => each.checkVisibility() && each.textContent.includes(part)), selector, text);

/** Clicks on something once it is shown. */
async function click(tab: Tab, selector: string): Promise<void> {
  await shows(tab, selector, selector);
  await tab.click(selector);
}

/** Waits until the page takes input again. */
const dialogEnds = (tab: Tab) => tab.waitFor("end of the dialog", () => document.querySelector("dialog[open]") === null);

/** Goes to a place as its link does, without a load. */
const go = (tab: Tab, path: string) => tab.run((to) => void (history.pushState(null, "", to), dispatchEvent(new PopStateEvent("popstate"))), path);

/** Chooses the customer that the palette found, which may be drawn anew while more is found. Reports whether the palette is closed. */
function choose(name: string): boolean {
  const found = [...document.querySelectorAll<HTMLElement>("dialog[open] [role=group][aria-label=Customers] [role=option]")];
  found.find((option) => option.textContent.includes(name))?.click();
  return document.querySelector("dialog[open]") === null;
}

/** Goes to each place, waits for what it shows, and ends at the customer of a name. */
async function walk(tab: Tab, name: string): Promise<void> {
  const places = { inbox: ".inbox-line", calls: "tbody [data-row]", meetings: ".agenda-line", deals: ".card [data-row]", activity: "[role=feed] article", customers: "tbody [data-row]" };
  for (const [place, content] of Object.entries(places)) {
    await go(tab, `/${place}`);
    await shows(tab, place, content);
  }
  await click(tab, "tbody [data-row]");
  for (const [part, content] of Object.entries({ comments: ".write", calls: ".tab-panel", meetings: ".tab-panel", deals: ".tab-panel", history: ".history", activity: "[role=feed]" })) {
    await click(tab, `.tab[data-tab=${part}]`);
    await shows(tab, part, content);
  }
  await tab.run(() => void dispatchEvent(new KeyboardEvent("keydown", { key: "/" })));
  await shows(tab, "palette", "dialog[open] [role=option]");
  await tab.fill("dialog[open] input", name);
  await shows(tab, "found customer", "dialog[open] [role=group][aria-label=Customers] [role=option]", name);
  await tab.waitFor("end of the palette", choose, name);
  await shows(tab, "page of the customer", "h1", name);
}

/** Types a phone number while Ben saves another one, and decides the conflict for Ben's. */
async function dispute(tab: Tab, id: string): Promise<void> {
  const ben = office.colleague("ben");
  await tab.waitFor("field", () => document.querySelector<HTMLInputElement>("[name=phone]")?.value === "1");
  await tab.fill("[name=phone]", "222");
  await ben.edit(id, { phone: "333", company: "Acme Group" });
  await tab.waitFor("Ben's company", () => document.querySelector<HTMLInputElement>("[name=company]")?.value === "Acme Group");
  await shows(tab, "Ben's phone number beside", ".record-form", "333");
  await click(tab, ".record-foot [type=submit]");
  await shows(tab, "dialog", "dialog[open]", "Phone");
  await tab.run(() => [...document.querySelectorAll<HTMLInputElement>("dialog[open] [type=radio]")].find(({ labels }) => labels?.[0]?.textContent.includes("Theirs"))?.click());
  await click(tab, "dialog[open] button[data-kind=primary]");
  await dialogEnds(tab);
  await tab.waitFor("Ben's phone number", () => document.querySelector<HTMLInputElement>("[name=phone]")?.value === "333");
  const { conflicts } = await ben.ask<{ conflicts: { nodes: unknown[] } }>("query ($id: ID!) { conflicts(open: true, entityId: $id) { nodes { id } } }", { id });
  expect(conflicts.nodes).toEqual([]);
}

test.each(["Firefox", "WebKit"] as const)("%s shows every page without an error, and decides a conflict", async (engine) => {
  const browser = await launch(engine);
  try {
    const id = await office.colleague("ben").create(`Acme ${engine}`, { phone: "1" });
    const profile = await browser.profile();
    const tab = await profile.tab(`http://127.0.0.1:${office.server.port}/customers?as=ada`);
    await tab.run(keepProblems);
    await shows(tab, "customers", "tbody [data-row]");
    await walk(tab, `Acme ${engine}`);
    await dispute(tab, id);
    expect(await tab.run(() => globalThis.problems)).toEqual([]);
  } finally {
    await browser.close();
  }
});
