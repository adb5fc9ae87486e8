"use client";

import type { ActivityItem, ActivityQuery } from "@tandem/client";
import { useRef, useState, type FocusEvent, type KeyboardEvent, type ReactNode, type Ref, type RefObject } from "react";
import { useActivity } from "../live/useActivity.js";
import type { ListView } from "../live/useLiveList.js";
import { useTandemContext } from "../provider/context.js";
import { ActivityRow } from "./ActivityRow.js";
import { unite, type ActivityFilter } from "./filters.js";
import { VirtualList, type VirtualListHandle } from "./VirtualList.js";

/** The props of {@link ActivityFeed}. */
export interface ActivityFeedProps {
  readonly feedType: "user" | "customer" | "global";
  /** The person or the customer; nothing for `global`. */
  readonly entityId?: string | undefined;
  /** How many items are shown at most; all, unless given. */
  readonly maxItems?: number | undefined;
  /** Several filters: their lists are united, and their times intersected. */
  readonly filters?: ActivityFilter | readonly ActivityFilter[] | undefined;
  /** Renders the content of an item. */
  readonly renderItem?: ((item: ActivityItem) => ReactNode) | undefined;
  /** Called with an item that was chosen. With it, the names of entities are buttons. */
  readonly onOpen?: ((item: ActivityItem) => void) | undefined;
  /** The `ref` of the place of the newest item, which is there while the feed is live and no newer item waits. For `useSeen`. */
  readonly newestRef?: Ref<HTMLDivElement> | undefined;
  readonly classNames?: { readonly root?: string; readonly item?: string } | undefined;
}

/** How near to the end the next page is read, in pixels. */
const nearEnd = 600;

/**
 * The activity of a person, of a customer, or of everybody, the newest first. While its reader has scrolled away, nothing
 * moves: new items wait behind a button. Page Down and Page Up go from item to item.
 *
 * @example
 * ```tsx
 * <ActivityFeed feedType="customer" entityId={id} filters={{ types: ["update", "comment"] }} onOpen={open} />
 * ```
 */
export function ActivityFeed({ feedType, entityId, maxItems = Infinity, filters = [], renderItem, onOpen, newestRef, classNames }: ActivityFeedProps) {
  const { messages } = useTandemContext();
  const feed = useActivity(queryOf(feedType, entityId, maxItems, filters));
  const items = feed.items.length > maxItems ? feed.items.slice(0, maxItems) : feed.items;
  const hasMore = feed.hasMore && items.length < maxItems;
  const scroller = useRef<HTMLDivElement>(null);
  const showNew = () => {
    feed.showNew();
    scroller.current?.scrollTo({ top: 0 });
  };
  const state = feed.status === "error" ? "error" : items.length > 0 ? feed.status : feed.status === "loading" ? "loading" : "empty";
  return (
    <div data-tandem="activity" data-state={state} className={classNames?.root}>
      {feed.newCount > 0 && (
        <button type="button" data-tandem="new-items" onClick={showNew}>
          {messages.newItems(feed.newCount)}
        </button>
      )}
      <FeedState state={state} onRetry={() => void feed.reload()} />
      <div ref={scroller} data-tandem="activity-scroll" onScroll={({ currentTarget }) => scrolled(currentTarget, feed, hasMore)}>
        {newestRef && feed.status === "live" && feed.newCount === 0 && <div ref={newestRef} data-tandem="newest" />}
        <FeedItems scroller={scroller} items={items} hasMore={hasMore} busy={feed.status === "loading" || feed.loadingMore} className={classNames?.item}>
          {(item) => (renderItem ? renderItem(item) : <ActivityRow item={item} onOpen={onOpen} />)}
        </FeedItems>
        {feed.loadingMore && <p data-tandem="empty">{messages.loadingMore()}</p>}
      </div>
    </div>
  );
}

interface FeedItemsProps {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly items: readonly ActivityItem[];
  readonly hasMore: boolean;
  readonly busy: boolean;
  readonly className: string | undefined;
  readonly children: (item: ActivityItem) => ReactNode;
}

/** The items as a feed, of which only those in sight are rendered. */
function FeedItems({ scroller, items, hasMore, busy, className, children }: FeedItemsProps) {
  const { messages } = useTandemContext();
  const list = useRef<VirtualListHandle>(null);
  const { index: kept, ...focus } = useFeedFocus(list, items.length);
  return (
    <div role="feed" aria-label={messages.activity()} aria-busy={busy} {...focus}>
      <VirtualList handle={list} scroller={scroller} items={items} kept={kept}>
        {(item, index) => (
          <article
            key={item.id}
            tabIndex={0}
            data-tandem="activity-item"
            data-index={index}
            aria-posinset={index + 1}
            aria-setsize={hasMore ? -1 : items.length}
            className={className}
          >
            {children(item)}
          </article>
        )}
      </VirtualList>
    </div>
  );
}

function queryOf(
  feedType: string,
  entityId: string | undefined,
  maxItems: number,
  filters: ActivityFilter | readonly ActivityFilter[],
): ActivityQuery {
  const filter = unite(Array.isArray(filters) ? filters : [filters as ActivityFilter]);
  const feed = feedType !== "global" && entityId !== undefined ? { type: feedType as "user" | "customer", id: entityId } : undefined;
  return { feed, filter, pageSize: Math.min(maxItems, 50) };
}

function scrolled({ scrollTop, scrollHeight, clientHeight }: HTMLElement, feed: ListView<ActivityItem>, hasMore: boolean): void {
  feed.hold(scrollTop > 0);
  if (hasMore && scrollHeight - scrollTop - clientHeight < nearEnd) void feed.loadMore();
}

function FeedState({ state, onRetry }: { readonly state: string; readonly onRetry: () => void }) {
  const { messages } = useTandemContext();
  if (state === "loading") return <p data-tandem="empty">{messages.loading()}</p>;
  if (state === "empty") return <p data-tandem="empty">{messages.noActivity()}</p>;
  if (state !== "error") return null;
  return (
    <p data-tandem="empty">
      {messages.failed()} <button type="button" onClick={onRetry}>{messages.retry()}</button>
    </p>
  );
}

/** Moves the focus from item to item by Page Down and Page Up, as people expect it of a feed. */
function useFeedFocus(list: { readonly current: VirtualListHandle | null }, length: number) {
  const [index, setIndex] = useState<number>();
  const indexOf = (target: EventTarget) => Number((target as HTMLElement).closest<HTMLElement>("[data-index]")?.dataset["index"] ?? -1);
  return {
    index: index !== undefined && index < length ? index : undefined,
    onFocus: ({ target }: FocusEvent) => setIndex(Math.max(0, indexOf(target))),
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      const step = event.key === "PageDown" ? 1 : event.key === "PageUp" ? -1 : 0;
      const next = indexOf(event.target) + step;
      if (step === 0 || next < 0 || next >= length) return;
      event.preventDefault();
      const feed = event.currentTarget;
      list.current?.scrollTo(next);
      // It may have to be rendered first.
      requestAnimationFrame(() => feed.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus());
    },
  };
}
