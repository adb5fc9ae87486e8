// Takes the pictures of README.md: builds the program, starts the demo, and lets people edit customers and move deals at the
// same time. Run it by `make picture`.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "tandem-picture-"));
const { program, url } = await startDemo();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  for (const [name, size, options, play] of [
    ["two-people", { width: 1480, height: 880 }, {}, twoPeople],
    ["conflict", { width: 1180, height: 740 }, {}, conflict],
    ["board-dark", { width: 1300, height: 720 }, { colorScheme: "dark" }, board],
  ]) {
    const page = await browser.newPage({ viewport: size, deviceScaleFactor: 1.4, ...options });
    await play(page);
    await page.screenshot({ path: join(root, `docs/images/${name}.png`) });
    await page.close();
  }
} finally {
  await browser.close();
  program.kill();
  await once(program, "exit");
  rmSync(folder, { recursive: true });
}

/** Opens a page as another person, on a device of their own. */
async function other(person, path) {
  const page = await browser.newPage({ viewport: { width: 1180, height: 740 } });
  await page.goto(`${url}${path}?as=${person}`);
  return page;
}

/** Opens the first customer of a name as Ada, and returns its path. */
async function openCustomer(page, name) {
  await page.goto(`${url}/customers?q=${name}&as=ada`);
  await page.locator("tbody [data-row]").first().click();
  await page.waitForURL(/customers\/cus_/);
  return new URL(page.url()).pathname;
}

/** Two people side by side, one of them without a network. Each step waits until a window shows its result. */
async function twoPeople(page) {
  const path = await openCustomer(page, "Hopfenstern");
  const chloe = await other("chloe", path);
  await page.goto(`${url}/beside?left=ada&right=ben&at=${path}`);
  const [ada, ben] = [page.frameLocator("iframe[name=left]"), page.frameLocator("iframe[name=right]")];
  await ben.getByRole("list", { name: "People here" }).getByText("Ada Lindqvist").waitFor();

  // Ada types a phone number. Ben saves another one: it appears beside hers, and takes nothing from her.
  await ada.getByLabel("Phone", { exact: true }).fill("+49 30 23125 142");
  await ben.getByLabel("Phone", { exact: true }).fill("+49 30 23125 199");
  await ben.getByRole("button", { name: "Save", exact: true }).click();
  await ada.getByText("+49 30 23125 199").first().waitFor();

  // Ben loses his network once and recovers, loses it again, and goes on editing. Chloé edits meanwhile.
  await page.getByRole("button", { name: "Cut" }).click();
  await ben.getByLabel("Company", { exact: true }).fill("Hopfenstern Brewing");
  await ben.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("1 edit waits").first().waitFor();
  await chloe.getByLabel("Status", { exact: true }).selectOption("prospect");
  await chloe.getByRole("button", { name: "Save", exact: true }).click();
  await ada.getByText("Chloé changed Status").waitFor();
  await page.getByRole("button", { name: "Cut" }).click();
  await page.getByText(/sent 1 edit/).first().waitFor();
  await ada.getByText("Hopfenstern Brewing").first().waitFor();
  await page.getByRole("button", { name: "Cut" }).click();
  await ben.getByLabel("E-mail", { exact: true }).fill("office@hopfenstern.example");
  await ben.getByRole("button", { name: "Save", exact: true }).click();
  await ben.getByText("1 change waits on this device").waitFor();
  await page.getByText("away 3 s").last().waitFor();
  await ada.getByLabel("Phone", { exact: true }).focus();
}

/** Ada's edit conflicts with Ben's in two fields, and she decides. */
async function conflict(page) {
  const ben = await other("ben", await openCustomer(page, "Kade"));
  await page.getByRole("list", { name: "People here" }).getByText("Ben Okafor").waitFor();
  const notes = await page.getByLabel("Notes", { exact: true }).inputValue();
  const edit = async (screen, phone, more) => {
    await screen.getByLabel("Phone", { exact: true }).fill(phone);
    await screen.getByLabel("Notes", { exact: true }).fill(`${notes} ${more}`.trim());
  };
  await page.getByLabel("Company", { exact: true }).fill("Studio Kade");
  await edit(page, "+31 20 555 0142", "They want the taps before the winter, and an offer in dollars.");
  await edit(ben, "+31 20 555 0199", "They want the taps in spring, and an offer in dollars.");
  await ben.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("+31 20 555 0199").first().waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Resolve conflict" });
  await dialog.getByRole("radio", { name: "Yours" }).first().check();
  await dialog.getByRole("radio", { name: "Theirs" }).last().check();
}

/** Ben holds a deal over another stage while Ada looks at the board. */
async function board(page) {
  const ben = await other("ben", "/deals");
  await page.goto(`${url}/deals?as=ada`);
  const deal = ben.locator("[data-stage=negotiation] .card:has([data-row])").first();
  await deal.waitFor();
  const card = await deal.boundingBox();
  const stage = await ben.locator("[data-stage=won]").boundingBox();
  await ben.mouse.move(card.x + 60, card.y + 60);
  await ben.mouse.down();
  await ben.mouse.move(stage.x + 60, stage.y + 100, { steps: 8 });
  await page.getByText("Ben is moving this").first().waitFor();
}

async function startDemo() {
  const file = join(folder, "tandem");
  execFileSync("go", ["build", "-o", file, "."], { cwd: root, stdio: "inherit" });
  const program = spawn(file, [], { cwd: folder, env: { PATH: process.env.PATH, HOME: folder, ADDR: "127.0.0.1:0" }, stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: program.stdout })) {
    const url = /ready at (\S+)/.exec(line)?.[1];
    if (url) return { program, url };
  }
  throw new Error("the demo did not start");
}
