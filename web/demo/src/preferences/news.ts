/** The channel on which the tabs of a person tell each other that their preferences changed. */
const channelOf = (person: string) => new BroadcastChannel(`tandem-demo-preferences:${person}`);

/** Tells the person's other tabs in this browser that the preferences changed. */
export function tellTabs(person: string): void {
  const channel = channelOf(person);
  channel.postMessage("changed");
  channel.close();
}

/** Calls a function when the preferences may have changed elsewhere: in another tab, or on another device while this page was hidden. */
export function onPreferencesElsewhere(person: string, changed: () => void): () => void {
  const channel = channelOf(person);
  const shown = () => document.visibilityState === "visible" && changed();
  channel.addEventListener("message", changed);
  document.addEventListener("visibilitychange", shown);
  return () => {
    channel.close();
    document.removeEventListener("visibilitychange", shown);
  };
}
