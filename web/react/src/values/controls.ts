/** An element of a form that has a name and a value. */
export type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Reports whether an element is one that a person sets a field with. */
export function isControl(element: EventTarget | null): element is Control {
  if (!(element instanceof HTMLElement) || !("name" in element) || element.name === "") return false;
  if (element instanceof HTMLInputElement) return !["submit", "button", "reset", "image", "file", "hidden"].includes(element.type);
  return element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement;
}

/** Returns the value that a control has, in the kind that the entity has it: a list, a number, a time, or a text. */
export function readControl(control: Control, live: unknown): unknown {
  if (control instanceof HTMLInputElement) {
    if (control.type === "checkbox") return control.checked;
    if (control.type === "number" || control.type === "range") return control.value === "" ? null : control.valueAsNumber;
    if (control.type === "datetime-local") return control.value === "" ? null : new Date(control.value);
    if (control.type === "date" && live instanceof Date) return control.value === "" ? null : new Date(`${control.value}T00:00`);
  }
  if (control instanceof HTMLSelectElement && control.multiple) return [...control.selectedOptions].map((option) => option.value);
  if (Array.isArray(live)) return control.value.split(",").map((item) => item.trim()).filter((item) => item !== "");
  return control.value === "" ? null : control.value;
}

/** Shows a value in a control. */
export function writeControl(control: Control, value: unknown): void {
  if (control instanceof HTMLInputElement && control.type === "checkbox") control.checked = value === true;
  else if (control instanceof HTMLInputElement && control.type === "radio") control.checked = control.value === textOf(control, value);
  else if (control instanceof HTMLSelectElement && control.multiple) select(control, value);
  else if (control.value !== textOf(control, value)) control.value = textOf(control, value);
}

function select(control: HTMLSelectElement, value: unknown): void {
  const chosen = Array.isArray(value) ? value : [];
  for (const option of control.options) option.selected = chosen.includes(option.value);
}

function textOf({ type }: Control, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (value instanceof Date) return localText(value).slice(0, type === "date" ? 10 : 16);
  return Array.isArray(value) ? value.join(", ") : String(value);
}

/** Returns a time as a control for local times has it: `2027-01-31T09:30`. */
export function localText(time: Date): string {
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString();
}

/** Keeps a person from changing a control. Where the platform has no read-only state, it is disabled. */
export function setReadOnly(control: Control, readOnly: boolean): void {
  const hasState =
    control instanceof HTMLTextAreaElement ||
    (control instanceof HTMLInputElement && !["checkbox", "radio", "range", "color"].includes(control.type));
  if (hasState) control.readOnly = readOnly;
  else control.disabled = readOnly;
}
