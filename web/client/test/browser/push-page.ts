import { createPush, type Push, type PushStatus } from "../../src/push/index.js";
import { createTandem } from "../../src/index.js";

/** An application that offers notifications on this device, and notes the pages to which clicks lead. */
class Page {
  readonly opened: string[] = [];
  readonly statuses: PushStatus[] = [];
  readonly tandem = createTandem({ url: "/graphql", token: async () => (await fetch(`/token/${location.pathname.split("/")[2]}`)).text() });
  readonly push: Push = createPush({ link: this.tandem.link, worker: "/sw.js", open: (path) => this.opened.push(path) });

  constructor() {
    this.statuses.push(this.push.status.get());
    this.push.status.subscribe(() => this.statuses.push(this.push.status.get()));
  }

  /** Enables push as a click does, and returns the status or the error. */
  enable(): Promise<string> {
    return this.push.enable().catch((error: unknown) => String(error));
  }
}

declare global {
  var pushPage: Page;
}
globalThis.pushPage = new Page();
