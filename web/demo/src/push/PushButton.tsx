import { BellOff, BellRing } from "lucide-react";
import { english, pushProblem } from "@tandem/react";
import type { PushStatus } from "@tandem/client/push";
import { useState } from "react";
import { useReadable } from "../live/useReadable.js";
import { usePush } from "./context.js";

/** The advice for each status in which push can’t be turned on. */
const advice: Partial<Record<PushStatus, string>> = {
  unsupported: "This browser has no push notifications. Try another one, or choose e-mail.",
  install: english.installForPush(),
  unavailable: "This server sends no push notifications.",
  denied: english.allowPush(),
};

/** The offer to turn notifications on this device on or off. */
export interface PushOffer {
  readonly status: PushStatus;
  /** Whether the browser has yet to answer. */
  readonly waits: boolean;
  /** Why the person, who asked for push, has none. */
  readonly problem: string | undefined;
  /** Turns it on or off. To be called from a click. */
  change(): void;
}

/** Returns the offer, with what came of it. */
export function usePushOffer(): PushOffer {
  const push = usePush();
  const status = useReadable(push.status);
  const [asked, setAsked] = useState(false);
  const [waits, setWaits] = useState(false);
  const [failure, setFailure] = useState<string>();
  const change = () => {
    if (waits) return;
    setAsked(true);
    setFailure(undefined);
    setWaits(true);
    (status === "on" ? push.disable() : push.enable())
      .catch((error: unknown) => setFailure(pushProblem(error, english)))
      .finally(() => setWaits(false));
  };
  return { status, waits, problem: failure ?? (asked ? advice[status] : undefined), change };
}

/** The button of the offer, where the browser and the server have push. In a narrow bar it is an icon, unless it is `named`. */
export function PushButton({ offer: { status, waits, change }, named = false }: { readonly offer: PushOffer; readonly named?: boolean }) {
  if (status === "unsupported" || status === "unavailable") return null;
  const word = waits ? english.pushWaits() : status === "on" ? english.noPushHere() : english.pushHere();
  return (
    <button type="button" className={named ? "button" : "button quiet"} aria-label={word} aria-disabled={waits} onClick={change}>
      {status === "on" ? <BellOff /> : <BellRing />} <span className={named ? undefined : "wide-only"}>{word}</span>
    </button>
  );
}

/** Why there is no push, below the button that asked for it. */
export function PushProblem({ offer: { problem } }: { readonly offer: PushOffer }) {
  return <p role="status" className="push-problem">{problem && <><BellOff aria-hidden /> {problem}</>}</p>;
}

/** The button, or what the person can do to have one. */
export function PushHere({ offer }: { readonly offer: PushOffer }) {
  const { status, problem } = offer;
  if (advice[status]) return <p role="status" className="muted">{advice[status]}</p>;
  return <><p><PushButton offer={offer} named /></p>{problem && <PushProblem offer={offer} />}</>;
}
