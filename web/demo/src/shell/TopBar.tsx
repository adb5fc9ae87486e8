import type { ReactNode } from "react";
import { Connection } from "./Connection.js";

interface TopBarProps {
  readonly title: ReactNode;
  /** Whether the page follows what happens on other devices; true unless given. */
  readonly isLive?: boolean;
  readonly children?: ReactNode;
}

/** The head of a page: what it is, the connection, and what can be done. */
export function TopBar({ title, isLive = true, children }: TopBarProps) {
  return (
    <header className="topbar">
      <h1 className="clip">{title}</h1>
      <span className="push" />
      <Connection isLive={isLive} />
      {children}
    </header>
  );
}
