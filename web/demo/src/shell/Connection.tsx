import { ConnectionStatus } from "@tandem/react";

/** The state of the connection: a quiet word while it works, and otherwise what happens to the edits. */
export function Connection() {
  return <ConnectionStatus classNames={{ root: "connection" }} connected={<span className="connection-live"><span className="light" /> Live</span>} />;
}
