import { draftName, keepDraft, readDraft } from "./drafts.js";
import type { FormModel, Kept } from "./model.js";
import type { TandemClient } from "../provider/context.js";

/**
 * Holds the text of a form while its person is not known, and until the returned function is called, when the form goes or
 * the person is known. A form that goes before that leaves its text here, in memory: it becomes a draft of the person whom
 * the server then names, unless they have to sign in again, after which it may be another one. A browser that is about to
 * leave the page meanwhile asks its person first, because nothing is stored.
 */
export function holdUnclaimed(model: FormModel, form: string, tandem: Pick<TandemClient, "viewer" | "status">): () => void {
  const endWarning = warnWhile(() => model.dirty().length > 0);
  return () => {
    endWarning();
    const kept = model.kept();
    if (!tandem.viewer.get() && Object.keys(kept).length > 0) claim(kept, form, tandem);
  };
}

function claim(kept: Kept, form: string, { viewer, status }: Pick<TandemClient, "viewer" | "status">): void {
  const ends = [warnWhile(() => true), viewer.subscribe(look), status.subscribe(look)];
  function look(): void {
    const person = viewer.get();
    const lost = status.get().state === "unauthorized" || status.get().state === "closed";
    if (!person && !lost) return;
    for (const end of ends) end();
    if (!person) return;
    const name = draftName(person, form);
    keepDraft(name, { ...readDraft(name), ...kept });
  }
}

/** Lets the browser ask before it leaves the page, while this holds. */
function warnWhile(holds: () => boolean): () => void {
  const warn = (event: Event) => holds() && event.preventDefault();
  addEventListener("beforeunload", warn);
  return () => removeEventListener("beforeunload", warn);
}
