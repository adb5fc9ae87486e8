import { createContext, useContext } from "react";
import type { SignedIn } from "./session.js";

/** The signed-in person and what the page can do with the session. */
export interface DemoSession extends SignedIn {
  switchTo(id: string): void;
  openLab(open: boolean): void;
}

export const DemoContext = createContext<DemoSession | undefined>(undefined);

/** Returns the session of the page. */
export function useDemo(): DemoSession {
  const session = useContext(DemoContext);
  if (!session) throw new Error("This component is only for signed-in people.");
  return session;
}
