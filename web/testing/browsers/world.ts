import { Colleague } from "../colleague.js";
import { Proxy } from "../proxy.js";
import { Server } from "../server.js";
import { organization, type Person } from "../token.js";
import { Site } from "./site.js";

/** The program, a site with a page before it, and a bad network before the site: the browsers are on its other side. */
export class World {
  /** Makes a person of the organization of this world. */
  readonly hire = organization();

  private constructor(
    readonly server: Server, readonly site: Site, readonly network: Proxy, private readonly owned: boolean,
  ) {}

  /**
   * Opens a world whose site has a page. An instance that is given is left to its owner.
   *
   * @example
   * ```ts
   * const world = await World.open("client/test/browser/page.ts");
   * const tab = await profile.tab(world.url(world.hire("Ada")));
   * ```
   */
  static async open(page: string, server?: Server): Promise<World> {
    const program = server ?? (await Server.start());
    const site = await Site.serve(page, program.port);
    return new World(program, site, await Proxy.before(site.port), server === undefined);
  }

  /** The address of the page for a person, with options of the page. */
  url(person: Person, options: Readonly<Record<string, string>> = {}): string {
    return `${this.origin}${this.site.pathOf(person)}?${new URLSearchParams(options)}`;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.network.port}`;
  }

  colleague(person = this.hire("Ben")): Colleague {
    return new Colleague(this.server, person);
  }

  async close(): Promise<void> {
    await this.network.close();
    await this.site.close();
    if (this.owned) await this.server.remove();
  }
}
