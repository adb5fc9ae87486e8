import type { Page } from "playwright-core";

/** The texts that a page has shown in toasts and announced to screen readers. */
export interface Told {
  readonly toasts: readonly string[];
  readonly announcements: readonly string[];
}

/** Notes from now on what a page tells its person, so that a test does not depend on how long a toast stays. Returns a function that reads the notes. */
export async function noteTold(page: Page): Promise<() => Promise<Told>> {
  const notes = await page.evaluateHandle(() => {
    const told = { toasts: [] as string[], announcements: [] as string[] };
    const note = ({ target, addedNodes }: MutationRecord) => {
      const isAnnounced = target instanceof Element && target.matches("[data-tandem=announcements]");
      for (const node of addedNodes) {
        if (isAnnounced) told.announcements.push(node.textContent ?? "");
        if (!(node instanceof Element)) continue;
        const toasts = [node, ...node.querySelectorAll("*")].filter((each) => each.matches("[data-tandem=toast]"));
        told.toasts.push(...toasts.map(({ textContent }) => textContent ?? ""));
      }
    };
    new MutationObserver((changes) => changes.forEach(note)).observe(document.body, { childList: true, subtree: true });
    return told;
  });
  return () => notes.jsonValue();
}
