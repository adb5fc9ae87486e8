import type { News } from "./storage.js";

/**
 * The channel on which the tabs of a person tell each other that their outbox changed. It is closed while the page is in the
 * cache for back and forward, because a message would remove the page from there; `hear` is called when the page is back.
 */
export class NewsChannel {
  private channel: BroadcastChannel | undefined;
  private readonly leave = () => this.release();
  private readonly show = ({ persisted }: PageTransitionEvent) => {
    if (!persisted) return;
    this.take();
    this.hear(undefined);
  };

  constructor(private readonly name: string, private readonly hear: (news: News | undefined) => void) {
    this.take();
    if (typeof document === "undefined") return;
    addEventListener("pagehide", this.leave);
    addEventListener("pageshow", this.show);
  }

  post(news: News | undefined): void {
    this.channel?.postMessage(news);
  }

  close(): void {
    this.release();
    if (typeof document === "undefined") return;
    removeEventListener("pagehide", this.leave);
    removeEventListener("pageshow", this.show);
  }

  private take(): void {
    if (typeof BroadcastChannel === "undefined") return;
    this.channel = new BroadcastChannel(this.name);
    this.channel.onmessage = ({ data }) => this.hear(data as News | undefined);
  }

  private release(): void {
    this.channel?.close();
    this.channel = undefined;
  }
}
