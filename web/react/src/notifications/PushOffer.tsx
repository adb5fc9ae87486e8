"use client";

import type { Push } from "@tandem/client/push";
import { useReadable } from "../live/useReadable.js";
import { useTandemContext } from "../provider/context.js";

/** A button that turns notifications on this device on or off. It is not there where the browser or the server has none. */
export function PushOffer({ push }: { readonly push: Push }) {
  const { messages } = useTandemContext();
  const status = useReadable(push.status, "unsupported");
  if (status !== "on" && status !== "off") return null;
  const change = () => void (status === "off" ? push.enable() : push.disable()).catch(() => {});
  return (
    <button type="button" data-kind="link" data-tandem="push" onClick={change}>
      {status === "off" ? messages.pushHere() : messages.noPushHere()}
    </button>
  );
}
