"use client";

import { createTandem } from "@tandem/client";
import { ConnectionStatus, RealtimeProvider } from "@tandem/react";
import { useState, type ReactNode } from "react";

/** The client of the person in this browser. It is made with the component: a module of the server is shared by all people. */
export function Live({ url, children }: { url: string; children: ReactNode }) {
  const [tandem] = useState(() => createTandem({ url, onUnauthorized: () => location.assign("/") }));
  return (
    <RealtimeProvider tandem={tandem}>
      {children}
      <ConnectionStatus />
    </RealtimeProvider>
  );
}
