"use client";

import { useEffect, useMemo } from "react";
import type { FormModel } from "./model.js";

/** How long after the last keystroke a form saves by itself. */
const after = 800;

/** Returns what a form does when a person has typed into a field, or has left it. */
export function useAutosave(mode: "save" | "autosave", model: FormModel, submit: (names: readonly string[]) => Promise<void>) {
  const timers = useMemo(() => new Map<string, ReturnType<typeof setTimeout>>(), []);
  useEffect(() => () => {
    for (const timer of timers.values()) clearTimeout(timer);
  }, [timers]);
  return useMemo(() => {
    const stop = (name: string) => {
      clearTimeout(timers.get(name));
      timers.delete(name);
    };
    const save = async (name: string) => {
      stop(name);
      await submit([name]);
      // An edit of another field was on its way: this one follows it.
      if (model.follow(name).base && !timers.has(name)) typed(name);
    };
    const typed = (name: string) => {
      stop(name);
      if (mode === "autosave") timers.set(name, setTimeout(() => void save(name), after));
    };
    const left = (name: string) => {
      if (mode === "autosave" && timers.has(name)) void save(name);
    };
    return { typed, left };
  }, [mode, model, submit, timers]);
}
