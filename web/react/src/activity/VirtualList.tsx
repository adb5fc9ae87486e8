"use client";

import { useImperativeHandle, useRef, type ReactElement, type Ref, type RefObject } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";

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

/** Renders only the items that can be seen. All use of the library for that is here. */
export function VirtualList<Item>({ handle, scroller, items, kept, children }: VirtualListProps<Item>) {
  const list = useRef<VirtualizerHandle>(null);
  useImperativeHandle(handle, () => ({ scrollTo: (index) => list.current?.scrollToIndex(index, { align: "nearest" }) }), []);
  return (
    // A server does not know the height: it renders the first items.
    <Virtualizer
      ref={list}
      scrollRef={scroller}
      data={items}
      ssrCount={Math.min(items.length, 10)}
      {...(kept === undefined ? {} : { keepMounted: [kept] })}
    >
      {children}
    </Virtualizer>
  );
}
