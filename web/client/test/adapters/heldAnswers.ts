/** Answers that the server has given, and that are late on their way. */
export class HeldAnswers {
  private wanted: string | undefined;
  private readonly held: (() => void)[] = [];

  /** Holds answers to requests with this text, from now on. */
  hold(text: string): void {
    this.wanted = text;
  }

  /** How many are held. */
  get waiting(): number {
    return this.held.length;
  }

  release(): void {
    this.wanted = undefined;
    for (const go of this.held.splice(0)) go();
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (this.wanted === undefined || !String(init?.body).includes(this.wanted)) return response;
    const body = await response.text();
    await new Promise<void>((go) => this.held.push(go));
    return new Response(body, { status: response.status, headers: response.headers });
  };
}
