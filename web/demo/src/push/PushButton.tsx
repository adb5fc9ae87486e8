import { BellOff, BellRing } from "lucide-react";
import { createPush, type PushStatus } from "@tandem/client/push";
import { useTandem } from "@tandem/react";
import { useEffect, useMemo } from "react";
import { useLocation } from "wouter";
import { useReadable } from "../live/useReadable.js";

const words: Partial<Record<PushStatus, string>> = { off: "Notify me on this device", on: "Stop on this device" };

/** Turns notifications on this device on or off, where the browser and the server have them. */
export function PushButton() {
  const tandem = useTandem();
  const [, go] = useLocation();
  const push = useMemo(() => createPush({ link: tandem.link, worker: "/sw.js", open: go }), [tandem, go]);
  useEffect(() => () => push.close(), [push]);
  const status = useReadable(push.status);
  const word = words[status];
  if (!word) return null;
  const change = () => void (status === "off" ? push.enable() : push.disable()).catch(() => {});
  return (
    <button type="button" className="button quiet" aria-label={word} onClick={change}>
      {status === "off" ? <BellRing /> : <BellOff />} <span className="wide-only">{word}</span>
    </button>
  );
}
