import { useLocation, useSearch } from "wouter";
import { besideAddress, type Pane } from "../session/panes.js";
import type { DemoPerson } from "../session/people.js";

/** Returns who is side by side, and the page at which both begin, as the address says. */
export function useBeside(people: readonly DemoPerson[]) {
  const parameters = new URLSearchParams(useSearch());
  const [, go] = useLocation();
  const asked = (pane: Pane, usual: number) => people.find(({ id }) => id === parameters.get(pane)) ?? people[usual] ?? people[0] as DemoPerson;
  const shown: Readonly<Record<Pane, DemoPerson>> = { left: asked("left", 0), right: asked("right", 1) };
  const named = parameters.get("at") ?? "/customers";
  // The address may come from anywhere: only a page of this CRM is framed.
  const at = /^\/[a-z]/.test(named) && !named.startsWith("/beside") ? named : "/customers";
  const change = (pane: Pane, id: string) => {
    const next = { left: shown.left.id, right: shown.right.id, [pane]: id };
    go(besideAddress(next.left, next.right, at), { replace: true });
  };
  const close = () => {
    const left = document.querySelector<HTMLIFrameElement>("iframe[name=left]")?.contentWindow?.location.pathname ?? at;
    location.assign(`${left}?as=${encodeURIComponent(shown.left.id)}`);
  };
  return { shown, at, change, close };
}
