import type { ReactNode } from "react";
import { Connection } from "./Connection.js";
import { usePageTitle } from "./usePageTitle.js";

interface TopBarProps {
  readonly title: string;
  /** The number of what waits, which the title of the tab shows. */
  readonly waiting?: number;
  /** Whether the page follows what happens on other devices; true unless given. */
  readonly isLive?: boolean;
  readonly children?: ReactNode;
}

/** The head of a page: what it is, the connection, and what can be done. */
export function TopBar({ title, waiting = 0, isLive = true, children }: TopBarProps) {
  usePageTitle(waiting > 0 ? `${title} (${waiting > 99 ? "99+" : waiting})` : title);
  return (
    <header className="topbar">
      <h1 className="clip">{title}</h1>
      <span className="push" />
      <Connection isLive={isLive} />
      {children}
    </header>
  );
}
