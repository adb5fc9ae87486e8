import { firstName } from "../session/people.js";

/** The text of a comment, with the people in it pointed out, by their whole or their first names. */
export function CommentText({ text, people }: { readonly text: string; readonly people: readonly string[] }) {
  const names = [...people, ...people.map(firstName)].map((name) => `@${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`);
  if (names.length === 0) return text;
  return text.split(new RegExp(`(${names.join("|")})`)).map((part, index) => (index % 2 === 1 ? <em key={index}>{part}</em> : part));
}
