import type { EntityTypeName } from "@tandem/client";
import { useCommands } from "../keys/commands.js";
import { typeWords } from "../live/entities.js";

/** Offers the commands of every page with the form of an entity. */
export function useRecordCommands(type: EntityTypeName): void {
  const { one } = typeWords[type];
  const group = `This ${one}`;
  const form = () => document.querySelector<HTMLFormElement>(".record-form");
  useCommands([
    { id: "save", label: "Save", group, keys: "mod+enter", keysOnly: true, run: () => form()?.requestSubmit() },
    { id: "edit", label: `Edit this ${one}`, group, keys: "e", run: () => form()?.querySelector<HTMLElement>(".input")?.focus() },
  ]);
}
