"use client";

import { State } from "@tandem/client";
import { useEffect, useImperativeHandle, useRef, type ReactElement, type Ref, type RefObject } from "react";
import type { Virtualizer as VirtualizerType, VirtualizerHandle } from "virtua";
import { useReadable } from "../live/useReadable.js";

/** The functions of a list for its owner. */
export interface VirtualListHandle {
  scrollTo(index: number): void;
}

interface VirtualListProps<Item> {
  /** Not `ref`, which React 18 keeps to itself. */
  readonly handle: Ref<VirtualListHandle>;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly items: readonly Item[];
  /** An item that stays in the page wherever it is scrolled to, because it has the focus. */
  readonly kept: number | undefined;
  readonly children: (item: Item, index: number) => ReactElement;
}

/** The items that are rendered on a server, which knows no height, and until the library has loaded. */
const first = 10;

/** Renders only the items that can be seen. All use of the library for that is here. */
export function VirtualList<Item>({ handle, scroller, items, kept, children }: VirtualListProps<Item>) {
  const Virtualizer = useVirtualizer();
  const list = useRef<VirtualizerHandle>(null);
  useImperativeHandle(handle, () => ({ scrollTo: (index) => list.current?.scrollToIndex(index, { align: "nearest" }) }), []);
  if (!Virtualizer) return items.slice(0, first).map(children);
  return (
    <Virtualizer ref={list} scrollRef={scroller} data={items} {...(kept === undefined ? {} : { keepMounted: [kept] })}>
      {children}
    </Virtualizer>
  );
}

const loaded = new State<typeof VirtualizerType | undefined>(undefined);

/** Returns the library's component once it has loaded: an application without a feed does not load it. */
function useVirtualizer(): typeof VirtualizerType | undefined {
  const Virtualizer = useReadable(loaded, undefined);
  useEffect(() => {
    if (Virtualizer) return;
    // After a failure the first items stay, and the next feed tries again.
    void import("virtua").then((library) => loaded.set(library.Virtualizer), () => {});
  }, [Virtualizer]);
  return Virtualizer;
}
