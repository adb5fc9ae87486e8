import type { NotificationItem } from "@tandem/client";
import { NotificationCenter } from "@tandem/react";
import { useLocation } from "wouter";
import { pageOf } from "../live/entities.js";
import { usePush } from "../push/context.js";

/** The notifications that come while a person is here. The navigation leads to the inbox, so the bell is not shown. */
export function Toasts() {
  const [, go] = useLocation();
  return (
    <NotificationCenter
      position="bottom-right" push={usePush()} classNames={{ root: "hidden-bell" }}
      isShown={isInSight}
      onOpen={(item) => go(pageOf(item))}
    />
  );
}

/** Reports whether the inbox is on the page, and the middle of the line of a notification can be seen: lines scroll, and dialogs cover them. */
function isInSight({ id }: NotificationItem): boolean {
  const line = document.querySelector(`[data-notification="${CSS.escape(id)}"]`);
  if (!line) return false;
  const { left, top, width, height } = line.getBoundingClientRect();
  return line.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}
