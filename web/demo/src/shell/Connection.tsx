import { ConnectionStatus } from "@tandem/react";

/** The state of the connection: a quiet word while it works, on pages that follow it, and otherwise what happens to the edits. */
export function Connection({ isLive = true }: { readonly isLive?: boolean }) {
  return <ConnectionStatus classNames={{ root: "connection" }} connected={isLive && <span className="connection-live"><span className="light" /> Live</span>} />;
}
