import { isControl, readControl, setReadOnly, writeControl, type Control } from "../values/controls.js";
import type { Field } from "./field.js";
import type { FormModel } from "./model.js";

/** Other people in a field, as a control shows them. */
export interface Frame {
  readonly color: number;
}

/** How the form is shown besides its values. */
export interface Surroundings {
  readonly readOnly: boolean;
  readonly readOnlyFields: readonly string[];
  readonly pending: readonly string[];
  /** The fields whose value is one side of a conflict. */
  readonly undecided: readonly string[];
  /** The person in a field, by its name. */
  readonly frames: ReadonlyMap<string, Frame>;
  /** The id of the element with the notes of a field. */
  readonly notesOf: (name: string) => string;
}

/** How long a change by another person is pointed out. */
const flashFor = 1_200;

/** Binds the controls inside a form, by their names, to its model. Controls that use the hook bind themselves. */
export class Binding {
  private readonly shown = new WeakMap<Control, { revision: number; flashes: number; describedBy: string | null }>();
  private readonly observer: MutationObserver;
  private surroundings: Surroundings | undefined;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly model: FormModel,
    private readonly isBoundByHook: (name: string) => boolean,
  ) {
    // Controls that appear later are bound, too.
    this.observer = new MutationObserver(() => this.show());
    this.observer.observe(form, { childList: true, subtree: true });
  }

  end(): void {
    this.observer.disconnect();
  }

  /** Returns the control of the form that an event is about. */
  controlOf(target: EventTarget | null): Control | undefined {
    return isControl(target) && target.form === this.form && !this.isBoundByHook(target.name) ? target : undefined;
  }

  /** Returns what a person has set a control to. */
  read(control: Control): unknown {
    return readControl(control, this.model.follow(control.name).live);
  }

  /** Shows the values that were not typed, and the surroundings. */
  show(surroundings = this.surroundings): void {
    this.surroundings = surroundings;
    for (const element of this.form.elements) {
      const control = this.controlOf(element);
      if (control && surroundings) this.showOne(control, this.model.follow(control.name), surroundings);
    }
  }

  private showOne(control: Control, field: Field, { readOnly, readOnlyFields, pending, undecided, frames, notesOf }: Surroundings): void {
    const before = this.shown.get(control);
    // The options of a select may have come after its value.
    if (before?.revision !== field.revision || control instanceof HTMLSelectElement) writeControl(control, field.value);
    if (before && before.flashes !== field.flashes) flash(control);
    const describedBy = before ? before.describedBy : control.getAttribute("aria-describedby");
    this.shown.set(control, { revision: field.revision, flashes: field.flashes, describedBy });
    setReadOnly(control, readOnly || readOnlyFields.includes(field.name));
    const frame = frames.get(field.name);
    attribute(control, "data-tandem-color", frame && String(frame.color));
    attribute(control, "data-tandem-editing", frame && "");
    attribute(
      control,
      "data-state",
      stateOf(field, pending, undecided),
    );
    attribute(control, "aria-invalid", field.fault ? "true" : undefined);
    const notes = document.getElementById(notesOf(field.name))?.id;
    // The application's own description stays first.
    attribute(control, "aria-describedby", [describedBy, notes].filter((id) => id).join(" ") || undefined);
  }
}

function stateOf({ name, fault, remote, base }: Field, pending: readonly string[], undecided: readonly string[]): string | undefined {
  if (fault) return "refused";
  if (remote) return "changed";
  if (base) return "dirty";
  return undecided.includes(name) ? "undecided" : pending.includes(name) ? "pending" : undefined;
}

/** Points out a value that has just replaced another. */
export function flash(element: HTMLElement): void {
  element.setAttribute("data-tandem-flash", "");
  setTimeout(() => element.removeAttribute("data-tandem-flash"), flashFor);
}

function attribute(element: HTMLElement, name: string, value: string | undefined): void {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
