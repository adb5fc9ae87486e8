/** The channel on which the tabs of a person tell each other that their preferences changed. */
const channelOf = (person: string) => new BroadcastChannel(`tandem-demo-preferences:${person}`);

/** Tells the person's other tabs in this browser that the preferences changed. */
export function tellTabs(person: string): void {
  const channel = channelOf(person);
  channel.postMessage("changed");
  channel.close();
}

/** How often a page that is shown asks what another device changed, in milliseconds: the API has no subscription to preferences. */
const asks = 30_000;

/**
 * Calls a function when the preferences may have changed elsewhere: in another tab, or on another device, from which the person comes back to
 * this page. While the page is shown it is also called now and then, and while it is hidden never.
 */
export function onPreferencesElsewhere(person: string, changed: () => void): () => void {
  const channel = channelOf(person);
  let timer: ReturnType<typeof setInterval> | undefined;
  const follow = () => {
    clearInterval(timer);
    timer = document.visibilityState === "visible" ? setInterval(changed, asks) : undefined;
  };
  const turned = () => {
    follow();
    if (document.visibilityState === "visible") changed();
  };
  follow();
  channel.addEventListener("message", changed);
  document.addEventListener("visibilitychange", turned);
  window.addEventListener("focus", changed);
  return () => {
    channel.close();
    document.removeEventListener("visibilitychange", turned);
    window.removeEventListener("focus", changed);
    clearInterval(timer);
  };
}
