/** A `fetch` that keeps the answers to some requests back until the test lets them through. */
export class Holding {
  private readonly held: (() => void)[] = [];
  private concerns: (body: string) => boolean = () => false;

  readonly fetch: typeof fetch = async (url, init) => {
    const answer = await fetch(url, init);
    const kept = new Response(await answer.arrayBuffer(), answer);
    if (this.concerns(String(init?.body))) await new Promise<void>((resolve) => this.held.push(resolve));
    return kept;
  };

  /** Holds the answers to requests from now on whose body has this text. */
  hold(text: string): void {
    this.concerns = (body) => body.includes(text);
  }

  /** The number of answers that are held. */
  get waiting(): number {
    return this.held.length;
  }

  /** Lets through what is held, and everything from now on. */
  release(): void {
    this.concerns = () => false;
    for (const pass of this.held.splice(0)) pass();
  }
}
