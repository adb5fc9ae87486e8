import type { NotificationItem } from "@tandem/client";
import { NotificationCenter } from "@tandem/react";
import { useLocation } from "wouter";
import { pageOf, pathOf } from "../live/entities.js";
import { usePush } from "../push/context.js";

/** The notifications that come while a person is here. The navigation leads to the inbox, so the bell is not shown. */
export function Toasts() {
  const [path, go] = useLocation();
  return (
    <NotificationCenter
      position="bottom-right" push={usePush()} classNames={{ root: "hidden-bell" }}
      isShown={(item) => isInSight(item) || isChangeOf(path, item)}
      onOpen={(item) => go(pageOf(item))}
    />
  );
}

/** Reports whether a notification is of a change of the record at a path, and not the end of a snooze, which the record does not show. */
function isChangeOf(path: string, { entityType, entityId, at, cameAt }: NotificationItem): boolean {
  return entityType !== undefined && entityId !== undefined && path === pathOf(entityType, entityId) && cameAt <= at;
}

/** Reports whether the inbox is on the page, and the middle of the line of a notification can be seen: lines scroll, and dialogs cover them. */
function isInSight({ id }: NotificationItem): boolean {
  const line = document.querySelector(`[data-notification="${CSS.escape(id)}"]`);
  if (!line) return false;
  const { left, top, width, height } = line.getBoundingClientRect();
  return line.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}
