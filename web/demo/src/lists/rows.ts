import type { KeyboardEvent } from "react";

/** Moves the focus to the row after or before the one that has it; to the first row, if none has. */
export function moveInRows(by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  const at = links.findIndex((link) => link === document.activeElement || link.closest("tr, li")?.contains(document.activeElement));
  const next = links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

/** Moves by the arrow keys, while the focus is on a row. */
export function moveByArrows(event: KeyboardEvent): void {
  const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : undefined;
  if (by === undefined || !(event.target as Element).closest("[data-row]")) return;
  event.preventDefault();
  moveInRows(by);
}
