/**
 * Storage of this window alone (sessionStorage): two windows can be two people, and a token is gone with its window.
 * A browser may refuse storage altogether; the page then only forgets on reload.
 */
const prefix = "tandem-playground:";

export function remembered(key: string): string {
  try {
    return sessionStorage.getItem(prefix + key) ?? "";
  } catch {
    return "";
  }
}

export function remember(key: string, text: string): void {
  try {
    if (text) sessionStorage.setItem(prefix + key, text);
    else sessionStorage.removeItem(prefix + key);
  } catch {
    // Nothing to do: see above.
  }
}
