import type { Tandem } from "@tandem/client";
import { createPush } from "@tandem/client/push";
import { NotificationCenter, PresenceIndicator } from "@tandem/react";
import { useEffect, useMemo } from "react";

/** The head of each page, below the provider. `navigate` is that of your router. */
export function Head({ tandem, navigate }: { readonly tandem: Tandem; navigate(path: string): void }) {
  const push = useMemo(() => createPush({ link: tandem.link, worker: "/sw.js", open: navigate }), [tandem, navigate]);
  useEffect(() => () => push.close(), [push]);
  return (
    <header>
      <PresenceIndicator roomId="office" />
      <NotificationCenter push={push} onOpen={({ entityType, entityId }) => navigate(entityId ? `/${entityType?.toLowerCase()}s/${entityId}` : "/inbox")} />
    </header>
  );
}
