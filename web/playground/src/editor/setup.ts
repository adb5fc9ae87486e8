import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** The look of all editors. The colors are those of page.css, light and dark. */
const look: Extension = [
  EditorView.theme({
    "&": { height: "100%", backgroundColor: "var(--panel)", color: "var(--text)" },
    ".cm-scroller": { fontFamily: "var(--mono)", fontSize: "var(--code)", lineHeight: "1.55" },
    ".cm-content": { caretColor: "var(--accent-text)", padding: "10px 0" },
    ".cm-gutters": { backgroundColor: "transparent", color: "var(--muted)", border: "0" },
    ".cm-cursor": { borderLeftColor: "var(--accent-text)" },
    "&.cm-focused": { outline: "none" },
    "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "var(--selection)" },
    ".cm-tooltip": {
      background: "var(--raised)",
      color: "var(--text)",
      border: "1px solid var(--line2)",
      borderRadius: "7px",
      boxShadow: "var(--shadow)",
    },
    ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)" },
    ".cm-tooltip-autocomplete > ul > li[aria-selected]": { background: "var(--accent)", color: "#fff" },
    ".cm-panels": { background: "var(--app)", color: "var(--text)" },
    ".cm-foldPlaceholder": { background: "var(--soft)", border: "0", color: "var(--muted)" },
  }),
  syntaxHighlighting(
    HighlightStyle.define([
      { tag: [tags.comment, tags.lineComment], color: "var(--muted)", fontStyle: "italic" },
      { tag: [tags.keyword, tags.definitionKeyword, tags.modifier], color: "var(--plum)" },
      { tag: [tags.propertyName, tags.attributeName], color: "var(--accent-text)" },
      { tag: [tags.variableName, tags.special(tags.name), tags.special(tags.variableName)], color: "var(--amber)" },
      { tag: [tags.string], color: "var(--green)" },
      { tag: [tags.number, tags.bool, tags.null, tags.integer, tags.float], color: "var(--blue)" },
      { tag: [tags.typeName, tags.className, tags.atom], color: "var(--teal)" },
    ]),
  ),
];

/**
 * Returns what every editor has. Tab is not among its keys: it moves the focus on, so that the keyboard alone reaches
 * everything on the page (WCAG 2.1.2).
 */
export function editing(label: string): Extension {
  return [
    lineNumbers(),
    foldGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    autocompletion(),
    search(),
    highlightSelectionMatches(),
    EditorView.lineWrapping,
    EditorState.tabSize.of(2),
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...completionKeymap,
      ...lintKeymap,
    ]),
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", spellcheck: "false", autocapitalize: "off" }),
    look,
  ];
}

/** Returns what a text has that can be read, searched and copied, but not changed. */
export function reading(label: string): Extension {
  return [
    foldGutter(),
    search(),
    EditorView.lineWrapping,
    EditorState.readOnly.of(true),
    keymap.of([...searchKeymap, ...foldKeymap, ...defaultKeymap]),
    EditorView.contentAttributes.of({ "aria-label": label, "aria-readonly": "true", tabindex: "0" }),
    look,
  ];
}
