import type { Transport } from "./status.js";
import { SocketWire } from "./websocket.js";
import type { Opening, Wire, WireEvents } from "./wire.js";

/** Makes a wire that opens at once, and reports what becomes of it. */
export type WireClass = new (opening: Opening, events: WireEvents) => Wire;

/** Returns the class for a transport. The code of those that replace a WebSocket is loaded when it is needed. */
export async function wireOf(transport: Transport): Promise<WireClass> {
  switch (transport) {
    case "ws": return SocketWire;
    case "sse": return (await import("./streams/streamWire.js")).StreamWire;
    case "poll": return (await import("./polling/pollWire.js")).PollWire;
  }
}
