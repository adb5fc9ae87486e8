"use client";

import type { EntityData } from "@tandem/client";
import { useMemo } from "react";
import type { Messages } from "../messages/messages.js";
import { useTandemContext } from "../provider/context.js";
import { shownOf } from "./values.js";

/** The fields whose texts are words of an enum. */
const terms = ["status", "stage", "direction", "visibility"];

/** Returns a function that makes a text for people of a value of a field. */
export function useValueText(): (field: string, value: unknown) => string {
  const { messages, locale } = useTandemContext();
  return useMemo(() => (field, value) => valueText(field, value, messages, locale), [messages, locale]);
}

/** Returns a function that makes a text for people of a field as an entity has it: with the owner's name, and an amount in its currency. */
export function useFieldText(): (data: EntityData, field: string) => string {
  const { messages, locale } = useTandemContext();
  return useMemo(() => (data, field) => {
    const { amountMinor, currency } = data;
    if (field === "amountMinor" && typeof amountMinor === "number" && typeof currency === "string") {
      return amountText(amountMinor, currency, locale);
    }
    return valueText(field, shownOf(data, field), messages, locale);
  }, [messages, locale]);
}

/**
 * Returns a function that makes a text for people of a value of a field, where the server has put it into words, too: it knows
 * the names of people and records, and the currency of an amount.
 */
export function useServerText(): (field: string, value: unknown, words: string) => string {
  const { messages, locale } = useTandemContext();
  return useMemo(() => (field, value, words) => {
    const currency = /[A-Z]{3}$/.exec(words)?.[0];
    if (field === "amountMinor" && typeof value === "number" && currency) return amountText(value, currency, locale);
    if (/Ids?$/.test(field) && value !== null && value !== undefined) {
      return words || (Array.isArray(value) && value.length === 0 ? messages.empty() : messages.somebody());
    }
    return valueText(field, value, messages, locale);
  }, [messages, locale]);
}

function amountText(minor: number, currency: string, locale: string | undefined): string {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

function durationText(seconds: number, locale: string | undefined): string {
  const [amount, unit] = seconds < 60 ? [seconds, "second"] : [Math.round(seconds / 60), "minute"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" }).format(amount);
}

function valueText(field: string, value: unknown, messages: Messages, locale: string | undefined): string {
  if (value === undefined || value === null || value === "") return messages.empty();
  if (value instanceof Date) return value.toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
  if (Array.isArray(value)) {
    return value.length === 0 ? messages.empty() : messages.and(value.map((item) => valueText("", item, messages, locale)));
  }
  if (typeof value === "number" && field === "durationSeconds") return durationText(value, locale);
  if (typeof value === "number") return value.toLocaleString(locale);
  if (typeof value === "object") return nameOf(value) ?? messages.somebody();
  return typeof value === "string" && terms.includes(field) ? messages.term(value) : String(value);
}

function nameOf(node: { readonly name?: unknown; readonly displayName?: unknown }): string | undefined {
  const name = node.name ?? node.displayName;
  return typeof name === "string" ? name : undefined;
}
