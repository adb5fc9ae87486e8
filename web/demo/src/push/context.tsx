import { createPush, type Push } from "@tandem/client/push";
import { useTandem } from "@tandem/react";
import { createContext, useContext, useEffect, useMemo, type ReactNode } from "react";
import { useLocation } from "wouter";

const PushContext = createContext<Push | undefined>(undefined);

/** Takes every page to what a clicked notification is about, and lets them turn notifications on this device on and off. */
export function PushProvider({ children }: { readonly children: ReactNode }) {
  const { link } = useTandem();
  const [, go] = useLocation();
  const push = useMemo(() => createPush({ link, worker: "/sw.js", open: go }), [link, go]);
  useEffect(() => () => push.close(), [push]);
  return <PushContext.Provider value={push}>{children}</PushContext.Provider>;
}

/** Returns the notifications of the person on this device. */
export function usePush(): Push {
  const push = useContext(PushContext);
  if (!push) throw new Error("This component is only for signed-in people.");
  return push;
}
