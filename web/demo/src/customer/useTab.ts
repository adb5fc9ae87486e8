import { useLocation, useSearch } from "wouter";

/** The parts of a customer's page. On wide screens the details stand beside the others. */
export const tabs = ["details", "activity", "comments", "calls", "meetings", "deals", "history"] as const;
export type Tab = (typeof tabs)[number];

/** Returns the part that the address names, and opens another one. */
export function useTab(): readonly [Tab, (tab: Tab) => void] {
  const named = new URLSearchParams(useSearch()).get("tab");
  const [path, go] = useLocation();
  const tab = tabs.find((each) => each === named) ?? "details";
  return [tab, (next) => go(next === "details" ? path : `${path}?tab=${next}`, { replace: true })];
}
