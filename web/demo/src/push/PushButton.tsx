import { BellOff, BellRing } from "lucide-react";
import type { PushStatus } from "@tandem/client/push";
import { useState } from "react";
import { useReadable } from "../live/useReadable.js";
import { usePush } from "./context.js";

/** Advice for people who have no button. */
const advice: Partial<Record<PushStatus, string>> = {
  unsupported: "This browser has no push notifications. Try another one, or choose e-mail.",
  install: "On an iPhone or iPad, add this page to your Home Screen with Share, Add to Home Screen. Open it from there, and turn notifications on here.",
  unavailable: "This server sends no push notifications.",
  denied: "Your browser blocks notifications of this page. Allow them in the settings of the browser, and load the page again.",
};

/** Turns notifications on this device on or off, where the browser and the server have them. In a narrow bar it is an icon, unless it is `named`. */
export function PushButton({ named = false }: { readonly named?: boolean }) {
  const push = usePush();
  const status = useReadable(push.status);
  const [failed, setFailed] = useState(false);
  if (advice[status]) return null;
  const word = status === "on" ? "Stop on this device" : failed ? "That failed. Try again" : "Notify me on this device";
  const change = () => {
    setFailed(false);
    (status === "off" ? push.enable() : push.disable()).catch(() => setFailed(true));
  };
  return (
    <button type="button" className={named ? "button" : "button quiet"} aria-label={word} onClick={change}>
      {status === "off" ? <BellRing /> : <BellOff />} <span className={named ? undefined : "wide-only"}>{word}</span>
    </button>
  );
}

/** The button, or what the person can do to have one. */
export function PushHere() {
  const status = useReadable(usePush().status);
  return advice[status] ? <p className="muted">{advice[status]}</p> : <p><PushButton named /></p>;
}
