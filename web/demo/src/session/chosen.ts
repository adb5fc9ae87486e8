/*
 * The person of this page. `?as=ada` names one, and the page remembers the id: for itself, so that a reload keeps the person,
 * and for new pages of this browser. Two panes of one page share its storage, so each has the name of its frame in the key.
 */

const key = `tandem-demo-person:${window.name}`;
const usual = "tandem-demo-person";

/** Returns the id of the person that the address names or this page remembers. A named one is remembered at once, also if the page is left before it is ready. */
export function rememberedPerson(): string | undefined {
  const named = new URLSearchParams(location.search).get("as");
  if (named !== null) store(sessionStorage, key, named);
  return named ?? stored(sessionStorage, key) ?? stored(localStorage, usual);
}

/** Remembers a person for this page and for new ones, and takes `as` out of the address, which counts once. */
export function rememberPerson(id: string): void {
  // Without storage, a reload asks the address again.
  if (!store(sessionStorage, key, id)) return;
  if (window === window.top) store(localStorage, usual, id);
  const address = new URL(location.href);
  if (!address.searchParams.has("as")) return;
  address.searchParams.delete("as");
  history.replaceState(history.state, "", address);
}

/** Reports whether a value could be stored. */
function store(storage: Storage, name: string, value: string): boolean {
  try {
    storage.setItem(name, value);
    return true;
  } catch {
    return false;
  }
}

function stored(storage: Storage, name: string): string | undefined {
  try {
    return storage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}
