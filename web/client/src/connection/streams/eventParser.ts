/** An event of a stream of server-sent events. */
export interface ServerEvent {
  readonly type: string;
  readonly data: string;
}

/** Reads server-sent events from text that comes in parts of any length. Comments and fields without meaning here are dropped. */
export class EventParser {
  private rest = "";
  private type = "";
  private data: string[] = [];

  constructor(private readonly take: (event: ServerEvent) => void) {}

  push(text: string): void {
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? "";
    for (const line of lines) this.line(line);
  }

  private line(line: string): void {
    if (line === "") return this.dispatch();
    const [, field = "", value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === "event") this.type = value;
    if (field === "data") this.data.push(value);
  }

  private dispatch(): void {
    const { type, data } = this;
    this.type = "";
    this.data = [];
    if (data.length > 0) this.take({ type: type || "message", data: data.join("\n") });
  }
}
