import type { Problems } from "../page/problems";
import { value, type Value } from "../value";
import type { Store } from "./store";
import { newTab, type Draft, type Tab } from "./tab";

/** The tabs of one side of the page. There is always at least one. */
export interface Tabs {
  readonly list: Value<readonly Tab[]>;
  /** The id of the open tab. */
  readonly open: Value<string>;
  current(): Tab;
  /** Opens a tab with this content, or the one that has it already. Refuses beyond the limit, with a notice. */
  add(draft: Draft): void;
  change(id: string, change: Partial<Draft>): void;
  select(id: string): void;
  close(id: string): void;
}

/** Enough to work with, and few enough to find one again. */
const most = 20;

export function createTabs(store: Store, first: readonly Draft[], problems: Problems): Tabs {
  const kept = store.read<{ tabs: Tab[]; open: string }>("tabs", isKept);
  const list = value<readonly Tab[]>(kept?.tabs.slice(0, most) ?? first.map(newTab));
  const open = value(list.get().some(({ id }) => id === kept?.open) ? kept!.open : list.get()[0]!.id);
  const keep = () => {
    if (store.write("tabs", { tabs: list.get(), open: open.get() })) return problems.clear("storage");
    problems.report({ topic: "storage", text: "These tabs are too large to keep. They are gone after a reload." });
  };
  list.subscribe(keep);
  open.subscribe(keep);
  const select = (id: string) => open.set(id);
  return {
    list,
    open,
    select,
    current: () => list.get().find(({ id }) => id === open.get()) ?? list.get()[0]!,
    add(draft) {
      const same = list.get().find(({ query, variables }) => query === draft.query && variables === draft.variables);
      if (same) return select(same.id);
      if (list.get().length >= most) {
        return problems.report({ topic: "tabs", text: `${most} tabs are open. Close one to open another.` });
      }
      const tab = newTab(draft);
      list.set([...list.get(), tab]);
      select(tab.id);
    },
    change(id, change) {
      list.set(list.get().map((tab) => (tab.id === id ? { ...tab, ...change } : tab)));
    },
    close(id) {
      problems.clear("tabs");
      const at = list.get().findIndex((tab) => tab.id === id);
      const left = list.get().filter((tab) => tab.id !== id);
      if (left.length === 0) left.push(newTab({ query: "", variables: "" }));
      list.set(left);
      if (open.get() === id) select(left[Math.min(at, left.length - 1)]!.id);
    },
  };
}

/** Reports whether what was stored has tabs. Another version of the page may have stored something else. */
function isKept(json: unknown): boolean {
  const { tabs } = (json ?? {}) as { tabs?: unknown };
  const isTab = (tab: Partial<Tab> | null) =>
    [tab?.id, tab?.query, tab?.variables, tab?.operation].every((text) => typeof text === "string");
  return Array.isArray(tabs) && tabs.length > 0 && tabs.every(isTab);
}
