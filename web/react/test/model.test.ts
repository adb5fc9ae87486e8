import { expect, test } from "vitest";
import type { EntityState } from "../../client/src/index.js";
import { FormModel } from "../src/form/model.js";

/** The state of a customer at a version, as the last change by Ben left it. */
function customer(version: number, fields: Readonly<Record<string, unknown>>): EntityState {
  const ben = { id: "ben", name: "Ben", avatar: null };
  const changes = Object.entries(fields).map(([field, newValue]) => ({ field, by: ben, at: new Date(0), oldValue: null, newValue, version }));
  const data = { id: "c", type: "Customer" as const, version, displayName: "Aalto", createdAt: new Date(0), updatedAt: new Date(0), updatedBy: ben, ...fields };
  return { status: "live", data, version, pending: [], conflict: undefined, refused: undefined, access: undefined, deleted: undefined, changes, error: undefined };
}

function formAt(version: number, fields: Readonly<Record<string, unknown>>): FormModel {
  const model = new FormModel();
  model.receive(customer(version, fields));
  for (const field of Object.keys(fields)) model.follow(field);
  return model;
}

test("each dirty field is sent with the version and the value that were on screen at its first keystroke", () => {
  const model = formAt(3, { phone: "1", name: "A" });
  model.type("phone", "12");
  model.receive(customer(4, { phone: "9", name: "B" }));
  model.type("phone", "123");
  model.type("name", "BC");
  expect(model.edit()).toEqual({ patch: { phone: "123", name: "BC" }, bases: { phone: { version: 3, seen: "1" }, name: { version: 4, seen: "B" } } });
});

test("the author of the only version since the first keystroke is named before its change is known", () => {
  const model = formAt(1, { phone: "1", notes: "a" });
  model.type("phone", "12");
  model.type("notes", "b");
  model.receive({ ...customer(2, { phone: "9", notes: "c" }), changes: [] });
  expect(model.dirty().map(({ remote }) => remote?.by?.name)).toEqual(["Ben", "Ben"]);
  model.receive({ ...customer(3, { phone: "8", notes: "c" }), changes: [] });
  expect(model.follow("phone").remote?.by).toBeNull();
});

test("a field that is typed back to what was seen is clean, and follows again", () => {
  const model = formAt(1, { phone: "1" });
  model.type("phone", "12");
  model.type("phone", "1");
  expect(model.edit()).toBeUndefined();
  model.receive(customer(2, { phone: "9" }));
  expect(model.follow("phone")).toMatchObject({ value: "9", flashes: 1, base: undefined });
});

test("a remote value that equals one's own text leaves nothing to decide", () => {
  const model = formAt(1, { phone: "1" });
  model.type("phone", "9");
  model.receive(customer(2, { phone: "9" }));
  expect(model.follow("phone")).toMatchObject({ base: undefined, remote: undefined });
});

test("to keep one's own moves the base on, to take theirs ends the edit", () => {
  const model = formAt(1, { phone: "1", name: "A" });
  model.type("phone", "12");
  model.type("name", "AB");
  model.receive(customer(2, { phone: "9", name: "Z" }));
  expect(model.follow("phone").remote?.newValue).toBe("9");
  model.keep("phone");
  model.take("name");
  expect(model.edit()).toEqual({ patch: { phone: "12" }, bases: { phone: { version: 2, seen: "9" } } });
  expect(model.follow("name").value).toBe("Z");
});

test("text that is typed after an edit was handed over is a second edit on top of it", () => {
  const model = formAt(1, { phone: "1" });
  model.type("phone", "12");
  const edit = model.edit();
  if (!edit) throw new Error("nothing to hand over");
  model.type("phone", "123");
  model.receive(customer(1, { phone: "12" }));
  model.handedOver(edit);
  expect(model.edit()).toEqual({ patch: { phone: "123" }, bases: { phone: { version: 1, seen: "12" } } });
});

test("a sealed form keeps nothing but one's own text", () => {
  const model = formAt(1, { phone: "1", name: "A" });
  model.type("phone", "12");
  model.seal();
  expect(model.follow("name").value).toBeUndefined();
  expect(model.kept()).toEqual({ phone: { value: "12", base: { version: 1, seen: undefined } } });
  expect(JSON.stringify([...model.fields.get().values()])).not.toMatch(/"A"|"1"/);
});

test("a form that is visible again goes on with one's own text, on the version that it began with", () => {
  const model = formAt(1, { phone: "1", name: "A" });
  model.type("phone", "12");
  model.seal();
  model.receive(customer(3, { phone: "9", name: "B" }));
  expect(model.edit()).toEqual({ patch: { phone: "12" }, bases: { phone: { version: 1, seen: "9" } } });
  expect(model.follow("name")).toMatchObject({ value: "B", base: undefined });
});
