import type { ReactNode } from "react";
import { Connection } from "./Connection.js";

interface TopBarProps {
  readonly title: ReactNode;
  readonly children?: ReactNode;
}

/** The head of a page: what it is, the connection, and what can be done. */
export function TopBar({ title, children }: TopBarProps) {
  return (
    <header className="topbar">
      <h1 className="clip">{title}</h1>
      <span className="push" />
      <Connection />
      {children}
    </header>
  );
}
