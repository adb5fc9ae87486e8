/** Returns an amount in the minor unit of its currency as people read it, without cents where there are none. */
export function money(minor: number, currency: string): string {
  const format = new Intl.NumberFormat("en", { style: "currency", currency, currencyDisplay: "narrowSymbol" });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  const amount = minor / 10 ** digits;
  return Number.isInteger(amount)
    ? new Intl.NumberFormat("en", { style: "currency", currency, currencyDisplay: "narrowSymbol", maximumFractionDigits: 0 }).format(amount)
    : format.format(amount);
}

/** An amount of a deal. */
export interface Amount {
  readonly amountMinor?: number | null;
  readonly currency?: string | null;
}

/** Returns the sums of amounts, one for each currency, the largest first. */
export function sums(amounts: readonly Amount[]): string {
  const totals = new Map<string, number>();
  for (const { amountMinor, currency } of amounts) {
    if (amountMinor != null && currency) totals.set(currency, (totals.get(currency) ?? 0) + amountMinor);
  }
  return [...totals].sort((a, b) => b[1] - a[1]).map(([currency, minor]) => money(minor, currency)).join(" + ");
}
