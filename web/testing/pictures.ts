import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";

/** The folder of all pictures: PICTURES, or `web/pictures`, which git ignores. */
export const picturesFolder = process.env["PICTURES"] ?? fileURLToPath(new URL("../pictures", import.meta.url));

/** Writes what is in view into `<part>/<name>.png` in the folder of all pictures, for people to look at. Hyphens replace everything in the name but letters and digits. */
export async function picture(page: Page, part: "demo" | "react" | "playground" | "operator", name: string): Promise<void> {
  const folder = join(picturesFolder, part);
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name.replaceAll(/\W+/g, "-")}.png`), animations: "disabled" });
}
