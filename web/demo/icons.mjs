// Draws the icons of the installed page into public/icons: the sign of the page on white, since iOS shows no transparency. Those
// of a device may cut the edge of the maskable one off. Run it again after a change of src/icon.svg, and commit the result.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const sign = await readFile(new URL("src/icon.svg", import.meta.url), "utf8");
const icons = [["icon-192", 192, 0.8], ["icon-512", 512, 0.8], ["maskable-512", 512, 0.6], ["apple-touch-icon", 180, 0.72]];

const browser = await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
for (const [name, size, part] of icons) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body { margin: 0; height: 100vh; display: grid; place-items: center; background: #fff } svg { width: ${size * part}px }</style>${sign}`);
  await page.screenshot({ path: fileURLToPath(new URL(`public/icons/${name}.png`, import.meta.url)) });
}
await browser.close();
