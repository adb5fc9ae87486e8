import type { Locator } from "playwright-core";
import { expect, test } from "vitest";
import { answer, editor, person, run, workspace } from "./page";
import { Setting } from "./setting";

const setting = Setting.forFile();

const colorOf = (avatar: Locator) => avatar.evaluate((element) => getComputedStyle(element).backgroundColor);

test("Ben stays Ben after a reload, and a pasted token stays in the window", async () => {
  const { page, faults } = await setting.open("?as=ben");
  const pane = workspace(page);
  expect(await person(pane).inputValue()).toBe("ben");
  await page.reload();
  await editor(pane).waitFor();
  expect(await person(pane).inputValue()).toBe("ben");

  await person(pane).selectOption("chloe");
  await page.reload();
  await editor(pane).waitFor();
  expect(await person(pane).inputValue()).toBe("chloe");

  await person(pane).selectOption("a token of your own…");
  await pane.getByLabel("Bearer token").fill(await setting.demo.token("jonas"));
  await pane.getByRole("button", { name: "Use", exact: true }).click();
  await run(pane);
  await answer(pane).getByText("Jonas Müller").first().waitFor();
  await page.reload();
  await pane.getByLabel("Bearer token").waitFor();
  await run(pane);
  await answer(pane).getByText("Jonas Müller").first().waitFor();
  expect(faults).toEqual([]);
  await page.context().close();
});

test("a person has the same color as in the demo", async () => {
  const { page } = await setting.open("?as=ada");
  // The demo asks whose page it is where the address names nobody, and shows all people.
  await page.goto(`${setting.demo.url}/?as=nobody`);
  const choices = page.locator("main li");
  await choices.first().waitFor();
  const demoColors = new Map<string, string>();
  for (const { id, name } of (await setting.demo.session()).people) {
    demoColors.set(id, await colorOf(choices.filter({ hasText: name }).locator("[data-tandem=avatar]")));
  }
  expect(new Set(demoColors.values()).size).toBeGreaterThan(1);

  await page.goto(`${setting.demo.url}/playground`);
  const pane = workspace(page);
  for (const [id, color] of demoColors) {
    await person(pane).selectOption(id);
    await expect.poll(() => colorOf(pane.locator(".avatar")), { message: id }).toBe(color);
  }
  await page.context().close();
});
