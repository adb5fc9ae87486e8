/** The part of a BroadcastChannel that the tabs use. */
export type Channel = Pick<BroadcastChannel, "onmessage" | "postMessage" | "close">;

/** The functions of a browser by which its tabs know of each other. */
export interface TabBrowser {
  readonly locks: Pick<LockManager, "request">;
  channel(name: string): Channel;
  visible(): boolean;
  /** Calls the listener when the tab becomes visible, until the returned function is called. */
  onVisible(listener: () => void): () => void;
}

/** The browser of this page; undefined where tabs can't share: outside of pages, in pages that are not secure, and where storage is forbidden. */
export function tabBrowser(): TabBrowser | undefined {
  if (typeof document === "undefined" || !navigator.locks) return undefined;
  try {
    new BroadcastChannel("").close();
  } catch {
    return undefined; // Firefox forbids channels where it forbids storage
  }
  return {
    locks: navigator.locks,
    channel: (name) => new BroadcastChannel(name),
    visible: () => document.visibilityState === "visible",
    onVisible: (listener) => {
      document.addEventListener("visibilitychange", listener);
      return () => document.removeEventListener("visibilitychange", listener);
    },
  };
}
