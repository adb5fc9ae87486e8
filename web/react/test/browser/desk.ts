import { readFile } from "node:fs/promises";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { Chromium, type ChromiumProfile } from "../../../testing/browsers/index.js";
import { World } from "../../../testing/browsers/world.js";
import { Colleague } from "../../../testing/colleague.js";
import { clientOf, createCustomer } from "../../../testing/crm.js";
import type { Person } from "../../../testing/token.js";

/** The options of a page, as its address has them. */
export type DeskQuery = Readonly<Record<string, string>>;

/** A customer that tests begin with. */
export const aalto = {
  name: "Aalto Oy", phone: "+358 40 555 0100", email: "hello@aalto.example", company: "Aalto Design", status: "LEAD",
  notes: "Renewal in March.\nWants SSO before they sign.\nTalk to their security team first.",
};

const desktop = { width: 1200, height: 800 };

/** A world with Ada at her desk, on the page of a customer in Chromium, and Ben, who works from elsewhere. */
export class Desks {
  private readonly profiles: ChromiumProfile[] = [];
  readonly ada: Person;
  readonly ben: Person;
  /** An administrator. */
  readonly grace: Person;

  private constructor(readonly world: World, private readonly browser: Chromium, private readonly styles: string) {
    this.ada = world.hire("Ada");
    this.ben = world.hire("Ben");
    this.grace = world.hire("Grace", "ADMIN");
  }

  static async open(): Promise<Desks> {
    const world = await World.open("react/test/pages/desk.tsx");
    return new Desks(world, await Chromium.launch(), await styles());
  }

  /** Opens the page of a customer for a person, on a device of their own. `prepare` sees it before it is loaded. */
  async page(person: Person, customer: string, query: DeskQuery = {}, viewport = desktop, prepare?: (page: Page) => unknown): Promise<Page> {
    const profile = await this.browser.profile({ viewport, hasTouch: viewport.width < 600 });
    this.profiles.push(profile);
    await profile.context.addInitScript(addStyles, this.styles);
    const page = await profile.context.newPage();
    page.on("pageerror", (error) => console.error(`${person.name}'s page: ${error.stack ?? error}`));
    await prepare?.(page);
    await page.goto(this.world.url(person, { customer, ...query }));
    return page;
  }

  /** Creates a customer of Ada's. */
  customer(fields: object = {}): Promise<string> {
    return createCustomer(this.world.server, this.ada, { ...aalto, ...fields });
  }

  /** A person who works with plain requests. */
  colleague(person = this.ben): Colleague {
    return new Colleague(this.world.server, person);
  }

  /** Deletes a customer, as an administrator may. */
  async remove(id: string): Promise<void> {
    const grace = this.colleague(this.grace);
    const { customer } = await grace.ask<{ customer: { version: number } }>("query ($id: ID!) { customer(id: $id) { version } }", { id });
    await grace.ask("mutation ($id: ID!, $version: Int!) { deleteEntity(input: { id: $id, baseVersion: $version }) { __typename } }", { id, version: customer.version });
  }

  /** Puts a person into a room, without a page, until the returned client is closed. */
  present(person: Person, room: string, editingField: string | null = null) {
    const tandem = clientOf(this.world.server.url, person);
    const live = tandem.room(room);
    live.subscribe(() => {});
    live.update({ editingField });
    return tandem;
  }

  /** Closes the pages, so that their people leave. */
  async leave(): Promise<void> {
    for (const profile of this.profiles.splice(0)) await profile.close();
  }

  async close(): Promise<void> {
    await this.leave();
    await this.browser.close();
    await this.world.close();
  }
}

async function styles(): Promise<string> {
  const { outputFiles } = await build({ entryPoints: ["react/src/styles.css"], bundle: true, write: false });
  return `${outputFiles[0]?.text ?? ""}\n${await readFile("react/test/pages/desk.css", "utf8")}`;
}

function addStyles(text: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets = [sheet];
}
