// Writes the two fonts of the page into src/fonts, with the letters of European languages and the weights that it uses.
// The whole of Inter is seven times as large. Run it again after an update of Inter, and commit the result.
import { readFile, writeFile } from "node:fs/promises";
import subsetFont from "subset-font";

const range = (first, last) => Array.from({ length: last - first + 1 }, (_none, index) => String.fromCodePoint(first + index)).join("");

const letters = {
  latin: range(0x20, 0x7e) + range(0xa0, 0xff) + "–—‘’“”•…€™←↑→↓↵⇧⌘−″",
  "latin-ext": range(0x100, 0x17f) + range(0x218, 0x21b) + range(0x1e80, 0x1e85) + "ẞỲỳ₺ƒ",
};

for (const [name, text] of Object.entries(letters)) {
  const whole = await readFile(new URL(`../node_modules/@fontsource-variable/inter/files/inter-${name}-wght-normal.woff2`, import.meta.url));
  const part = await subsetFont(whole, text, { targetFormat: "woff2", variationAxes: { wght: { min: 400, max: 600 } } });
  await writeFile(new URL(`src/fonts/inter-${name}.woff2`, import.meta.url), part);
}
