"use client";

import type { Push } from "@tandem/client/push";
import { useState } from "react";
import { useReadable } from "../live/useReadable.js";
import { useTandemContext } from "../provider/context.js";
import { pushProblem } from "./pushProblem.js";

/**
 * A button that turns notifications on this device on or off, or what the person can do to have one. Where the browser or
 * the server has no push, there is nothing.
 */
export function PushOffer({ push }: { readonly push: Push }) {
  const { messages } = useTandemContext();
  const status = useReadable(push.status, "unsupported");
  const [problem, setProblem] = useState<string>();
  const [waits, setWaits] = useState(false);
  if (status === "denied") return <p role="status">{messages.allowPush()}</p>;
  if (status === "install") return <p>{messages.installForPush()}</p>;
  if (status !== "on" && status !== "off") return null;
  const change = () => {
    if (waits) return;
    setProblem(undefined);
    setWaits(true);
    (status === "off" ? push.enable() : push.disable())
      .catch((error: unknown) => setProblem(pushProblem(error, messages)))
      .finally(() => setWaits(false));
  };
  const word = status === "off" ? messages.pushHere() : messages.noPushHere();
  return (
    <>
      {problem && <p role="alert">{problem}</p>}
      <button type="button" data-kind="link" aria-disabled={waits} onClick={change}>
        {waits ? messages.pushWaits() : word}
      </button>
    </>
  );
}
