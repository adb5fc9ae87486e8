import { useEffect, type ReactNode } from "react";
import { useReadable } from "../live/useReadable.js";
import type { Lab } from "./lab.js";
import { useSeconds } from "./useSeconds.js";

const transports: Readonly<Record<string, string>> = { ws: "WebSocket", sse: "event stream", poll: "polling" };

/** How often the events are compared with the server while all is well, in milliseconds. */
const every = 5_000;

/** The numbers of one client's connection. Lost and doubled events are counted by comparing with the server's own list of changes. */
export function Numbers({ lab: { tandem, meter, renewals } }: { readonly lab: Lab }) {
  const { state, since, transport } = useReadable(tandem.status);
  const { waiting } = useReadable(tandem.outbox);
  const counts = useReadable(meter);
  const now = useSeconds();
  useEffect(() => {
    const timer = setInterval(() => void meter.compare(), every);
    return () => clearInterval(timer);
  }, [meter]);
  const connected = state === "connected" || state === "draining";
  return (
    <dl className="numbers">
      <Number label="Connection">{connected ? transports[transport] : `${state} for ${Math.max(0, Math.round((now - since.getTime()) / 1000))} s`}</Number>
      <Number label="Cursor"><span title={counts.cursor}>…{counts.cursor.slice(-8)}</span></Number>
      <Number label="Waiting edits">{waiting}</Number>
      <Number label="Events">{counts.received}</Number>
      <Number label="Resumed">{counts.resumed}</Number>
      <Number label="Lost" good={counts.lost === 0}>{counts.lost}</Number>
      <Number label="Doubled" good={counts.doubled === 0}>{counts.doubled}</Number>
      <Number label="Tokens renewed">{useReadable(renewals)}</Number>
      <Number label="Compared with the server">{counts.compared}</Number>
    </dl>
  );
}

function Number({ label, good, children }: { readonly label: string; readonly good?: boolean | undefined; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className={good === undefined ? undefined : good ? "good" : "bad"}>{children}</dd>
    </div>
  );
}
