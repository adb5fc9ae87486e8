import { announce } from "../page/announce";
import { useValue } from "../value";
import type { Socket, SocketState } from "./socket";

const words: Record<SocketState, string> = {
  idle: "No subscription",
  connecting: "Connecting…",
  live: "Live",
  waiting: "Connection lost, trying again…",
  cut: "Cut; events wait on the server",
};

/** How the connection is, and a button that cuts it and resumes. The dot only repeats the words. */
export function ConnectionStatus({ socket }: { socket: Socket }) {
  const state = useValue(socket.state);
  const isCut = state === "cut";
  const toggle = () => {
    if (isCut) socket.resume();
    else socket.cut();
    announce(isCut ? "Reconnecting." : "The connection is cut.");
  };
  return (
    <div className="connection">
      <p role="status" aria-label="Connection" className={`state ${state}`}>
        <span className="dot" aria-hidden="true" />
        {words[state]}
      </p>
      {(state === "live" || isCut) && (
        <button type="button" onClick={toggle}>
          {isCut ? "Resume" : "Cut"}
        </button>
      )}
    </div>
  );
}
