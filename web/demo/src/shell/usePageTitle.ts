import { useEffect } from "react";

/** The title of a page without a name of its own. */
const product = "Tandem";

/** Names the tab of the browser after what a page shows: "Inbox (3) · Tandem". */
export function usePageTitle(name: string): void {
  useEffect(() => {
    document.title = `${name} · ${product}`;
    return () => void (document.title = product);
  }, [name]);
}
