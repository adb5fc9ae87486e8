"use client";

import { useEffect, type RefObject } from "react";

/**
 * Makes a button open and close a popover. The property does what the attribute would: the browser keeps `aria-expanded`,
 * closes on Escape and on a click elsewhere, and anchors the popover to the button. React 18 does not know the attribute.
 */
export function useInvoker(button: RefObject<HTMLButtonElement | null>, popover: RefObject<HTMLElement | null>, onOpen?: () => void): void {
  useEffect(() => {
    const [invoker, target] = [button.current, popover.current];
    if (!invoker || !target) return;
    invoker.popoverTargetElement = target;
    const toggled = (event: Event) => (event as ToggleEvent).newState === "open" && onOpen?.();
    target.addEventListener("toggle", toggled);
    return () => target.removeEventListener("toggle", toggled);
  }, [button, popover, onOpen]);
}
