import { TandemError, Unavailable } from "../errors.js";

/** Returns a function that loads a part of the program once. A part that could not be loaded is loaded by the next call. */
export function loader<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => (loading ??= load().catch((cause: unknown) => {
    loading = undefined;
    throw cause instanceof TandemError ? cause : new Unavailable("A part of the program could not be loaded.", { cause });
  }));
}
