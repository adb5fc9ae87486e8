import { json } from "@codemirror/lang-json";
import { reading } from "./setup";
import { useEditor } from "./useEditor";

/** An answer that can be read, folded, searched and copied. */
export function AnswerText({ label, text }: { label: string; text: string }) {
  const { parent } = useEditor({ id: label, text, extensions: () => [reading(label), json()] });
  return <div className="editor answer-text" ref={parent} />;
}
