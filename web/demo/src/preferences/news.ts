/** The channel on which the tabs of a person tell each other that their preferences changed. */
const channelOf = (person: string) => new BroadcastChannel(`tandem-demo-preferences:${person}`);

/** Tells the person's other tabs in this browser that the preferences changed. */
export function tellTabs(person: string): void {
  const channel = channelOf(person);
  channel.postMessage("changed");
  channel.close();
}

/** How often a page that is shown asks what another device changed, in milliseconds: the API has no subscription to preferences. */
const asks = 5_000;

/** Calls a function when the preferences may have changed elsewhere: at once for another tab, and every few seconds, while the page is shown, for another device. */
export function onPreferencesElsewhere(person: string, changed: () => void): () => void {
  const channel = channelOf(person);
  const shown = () => document.visibilityState === "visible" && changed();
  channel.addEventListener("message", changed);
  document.addEventListener("visibilitychange", shown);
  const timer = setInterval(shown, asks);
  return () => {
    channel.close();
    document.removeEventListener("visibilitychange", shown);
    clearInterval(timer);
  };
}
