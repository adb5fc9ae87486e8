/*
 * Two people side by side are two frames of one page. Each frame is the whole CRM with a client of its own, as it would be
 * on another device, and knows by its name which of the two it is.
 */

/** The names of the frames. */
export const panes = ["left", "right"] as const;
export type Pane = (typeof panes)[number];

/** Reports whether this is one of two frames side by side. */
export function isPane(): boolean {
  return window !== window.top && panes.some((pane) => pane === window.name);
}

const labKey = "tandem-demo-lab";

/** Reports whether this page has a network that can be made bad: always beside somebody, otherwise while its panel is open. */
export function wantsLab(): boolean {
  return isPane() || sessionStorage.getItem(labKey) === "open";
}

/** Keeps, for this tab, whether the panel is open. */
export function keepLab(open: boolean): void {
  if (open) sessionStorage.setItem(labKey, "open");
  else sessionStorage.removeItem(labKey);
}

/** Returns the address at which two people are side by side, both at one page. */
export function besideAddress(left: string, right: string, at: string): string {
  return `/beside?${new URLSearchParams({ left, right, at })}`;
}

/** Opens a second person beside the first, both at the page that is shown now. */
export function openBeside(first: string, second: string): void {
  location.assign(besideAddress(first, second, location.pathname));
}
