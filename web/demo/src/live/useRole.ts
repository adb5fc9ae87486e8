import type { Viewer } from "@tandem/client";
import { useTandem } from "@tandem/react";
import { useDemo } from "../session/context.js";
import { useReadable } from "./useReadable.js";

/** Returns the present role of the person, which an admin can change at any time. */
export function useRole(): Viewer["role"] {
  const { person } = useDemo();
  const viewer = useReadable(useTandem().viewer);
  return viewer?.role ?? (person.role.toLowerCase() as Viewer["role"]);
}

/** Reports whether the role of the person lets them create things, and change those that are shared with them. */
export function useMayWrite(): boolean {
  return useRole() !== "viewer";
}
