import { NotificationCenter } from "@tandem/react";
import { useLocation } from "wouter";
import { pathOf } from "../live/entities.js";
import { usePush } from "../push/context.js";

/** The notifications that come while a person is here. The navigation leads to the inbox, so the bell is not shown. */
export function Toasts() {
  const [, go] = useLocation();
  return (
    <NotificationCenter
      position="bottom-right" push={usePush()} classNames={{ root: "hidden-bell" }}
      onOpen={({ entityType, entityId }) => go(entityType && entityId ? pathOf(entityType, entityId) : "/inbox")}
    />
  );
}
