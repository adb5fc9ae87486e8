import { EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useRef, useState, type RefObject } from "react";

/** The states of editors that are not on the screen, so that each tab keeps its cursor and its undo. */
export type Kept = Map<string, EditorState>;

interface Options {
  /** Another key is another text, with a cursor and an undo of its own. */
  readonly id: string;
  readonly text: string;
  readonly extensions: () => Extension;
  readonly kept?: Kept;
  readonly onChange?: (text: string) => void;
}

/** Keeps an editor in an element, and its text equal to the given one. */
export function useEditor({ id, text, extensions, kept, onChange }: Options): {
  parent: RefObject<HTMLDivElement | null>;
  view: EditorView | undefined;
} {
  const parent = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<EditorView>();
  const changed = useRef(onChange);
  changed.current = onChange;
  useEffect(() => {
    const listening = EditorView.updateListener.of((update) => {
      if (update.docChanged) changed.current?.(update.state.doc.toString());
    });
    const before = kept?.get(id);
    const state = before?.doc.toString() === text ? before : EditorState.create({ doc: text, extensions: [extensions(), listening] });
    const made = new EditorView({ state, parent: parent.current! });
    setView(made);
    return () => {
      kept?.set(id, made.state);
      made.destroy();
    };
    // The text and the extensions are those at the time of the first drawing; changes of the text follow below.
  }, [id, kept]);
  useEffect(() => {
    if (!view || view.state.doc.toString() === text) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
  }, [view, text]);
  return { parent, view };
}
