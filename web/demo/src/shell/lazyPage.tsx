import { State } from "@tandem/client";
import { useConnectionStatus } from "@tandem/react";
import { Component, lazy, Suspense, useEffect, useState, type ComponentType, type ReactNode } from "react";
import { useReadable } from "../live/useReadable.js";
import { Notice } from "../ui/Notice.js";

/** How long to wait before a part is asked for again, in milliseconds. */
const pause = 2_000;

/** After how many failures in a row, with a connection, a part counts as missing: another version of the page has replaced it. */
const enough = 3;

const failures = new State(0);

const later: (() => Promise<unknown>)[] = [];

/**
 * Makes a component whose code is loaded when it is first needed. While the server is away, the load is tried again and
 * again: a page that has been asked for opens by itself once it can. While the server is there, a reload is offered.
 */
export function lazyPage<Props>(load: () => Promise<{ default: ComponentType<Props> }>) {
  later.push(load);
  return lazy(async () => {
    for (;;) {
      try {
        const part = await load();
        failures.set(0);
        return part;
      } catch {
        failures.set(failures.get() + 1);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  });
}

/** Loads all parts while nothing else is to be done, so that they are there without a connection, too. */
export function loadAllWhenIdle(): void {
  const loadAll = () => void Promise.allSettled(later.map((load) => load()));
  if (typeof requestIdleCallback === "function") requestIdleCallback(loadAll, { timeout: 5_000 });
  else setTimeout(loadAll, 1_000);
}

/** A place for such a component, which says what happens while its code or the component itself is missing. */
export function PagePlace({ children }: { readonly children: ReactNode }) {
  return (
    <PageErrors>
      <Suspense fallback={<Waiting />}>{children}</Suspense>
    </PageErrors>
  );
}

function Waiting() {
  const { state } = useConnectionStatus();
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), 1_000);
    return () => clearTimeout(timer);
  }, []);
  const failed = useReadable(failures);
  // Without a connection, failures say nothing about the part.
  useEffect(() => failures.set(0), [state]);
  if (state === "connected" && failed >= enough)
    return <Notice title="This page could not be loaded" action={{ label: "Reload", run: () => location.reload() }}>The server may have a newer version of it. Your edits are kept on this device.</Notice>;
  if (!long || state === "connected") return <div className="scroll" aria-busy="true" />;
  return <Notice title="This page is not on this device yet">It opens by itself once the server can be reached. Your edits are kept meanwhile.</Notice>;
}

class PageErrors extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return <Notice title="This page does not work now" action={{ label: "Try again", run: () => this.setState({ failed: false }) }}>Your edits are kept on this device.</Notice>;
  }
}
