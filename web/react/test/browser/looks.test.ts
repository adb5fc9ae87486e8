import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { picture } from "../../../testing/pictures.js";
import { violations } from "./accessibility.js";
import { Desks } from "./desk.js";

const wide = { width: 1200, height: 800 };

/** The looks that every state has to be readable in. */
const looks = {
  light: { query: {}, size: wide },
  "dark, right to left": { query: { scheme: "dark", dir: "rtl" }, size: wide },
  phone: { query: {}, size: { width: 390, height: 844 } },
  // A window of 1200 pixels at 200 %.
  "zoomed in": { query: {}, size: { width: 600, height: 400 } },
};

let desks: Desks;
beforeAll(async () => void (desks = await Desks.open()));
afterAll(() => desks?.close());

test.each(Object.entries(looks))("every state is accessible and fits: %s", async (name, { query, size }) => {
  const { ada, ben } = desks;
  const id = await desks.customer();
  const colleague = desks.colleague();
  const others = [ben, ...["Cleo", "Dev", "Eli", "Fia"].map((each) => desks.world.hire(each))].map((each, at) => desks.present(each, `customer:${id}`, at === 1 ? "notes" : null));
  const page = await desks.page(ada, id, { ...query, visible: "4" }, size);
  const check = async (state: string) => {
    const found = await violations(page);
    await picture(page, "react", `${name} ${state}`);
    expect(found, `${state}, ${name}`).toEqual([]);
    expect(await overflow(page), `sideways scrolling: ${state}, ${name}`).toBe(0);
  };
  await page.getByText("Cleo is typing").waitFor();
  await page.getByRole("button", { name: "3 more" }).waitFor();
  await check("people");
  await page.getByRole("button", { name: "3 more" }).click();
  await page.getByText("Fia").last().waitFor();
  await check("list of people");
  await page.keyboard.press("Escape");
  await page.getByLabel("Phone").fill("+358 40 555 0142");
  await page.getByLabel("Notes").fill("Renewal in March.\nWants SSO and an audit export before they sign.\nTalk to their security team first.");
  await colleague.edit(id, { phone: "+358 40 555 0199", notes: "Renewal in March.\nWants single sign-on first.\nTalk to their security team first." });
  await page.getByText("Ben set +358 40 555 0199").waitFor();
  await check("changed by another");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("radio", { name: "Theirs" }).first().check();
  await page.getByRole("radio", { name: "Custom" }).last().check();
  await colleague.ask("mutation ($id: ID!, $body: String!) { addComment(input: { entityId: $id, body: $body }) { __typename } }", { id, body: "Their security team wants a call on Thursday." });
  await page.getByText("Ben commented").last().waitFor();
  await check("conflict");
  await page.getByRole("button", { name: "Decide later" }).click();
  await page.getByRole("button", { name: "Resolve conflict" }).waitFor();
  await page.getByRole("button", { name: /^Notifications/ }).click();
  await check("inbox");
  await page.getByRole("button", { name: /^Snooze: / }).first().click();
  await page.getByRole("menuitem").first().waitFor();
  await check("snooze menu");
  await page.getByRole("menuitem").first().click();
  await page.locator("[data-tandem=snoozed] > summary").click();
  await page.getByRole("button", { name: /^Unsnooze: / }).first().waitFor();
  await check("snoozed");
  await page.keyboard.press("Escape");
  await desks.remove(id);
  await page.getByText("Grace deleted this").waitFor();
  await check("deleted");
  for (const other of others) other.close();
  await desks.leave();
});

/** Returns by how many pixels a page is wider than its window. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth));
}
