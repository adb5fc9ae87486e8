import { expect, test } from "vitest";
import { engines, launch } from "../../../testing/browsers/index.js";

const form = `data:text/html,<title>A</title><input><button onclick="document.title += document.querySelector('input').value"></button>`;

test.each(engines)("tests can fill in and read pages in %s, in several tabs", async (engine) => {
  const browser = await launch(engine);
  try {
    const profile = await browser.profile();
    const tab = await profile.tab(form);
    const other = await profile.tab("data:text/html,<title>B</title>");
    await tab.fill("input", "né");
    await tab.click("button");
    expect(await tab.run(() => document.title)).toBe("Ané");
    expect(await other.run(async (more: string) => (await Promise.resolve(document.title)) + more, "!")).toBe("B!");
    await expect(tab.run(() => Promise.reject(new Error("no such page")))).rejects.toThrow("no such page");
    expect(Buffer.from(await tab.screenshot()).subarray(1, 4).toString()).toBe("PNG");
  } finally {
    await browser.close();
  }
});
