/** Returns a name of programs as words: `IN_PROGRESS` and `in_progress` as "In progress", `expectedCloseDate` as "Expected close date". */
export function words(name: string): string {
  const spaced = name.replace(/([a-z])([A-Z])/g, "$1 $2").replaceAll("_", " ").toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** Returns a number of things: "1 deal", "3 deals". */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

const fieldNames: Readonly<Record<string, string>> = {
  email: "E-mail", ownerId: "Owner", customerId: "Customer", attendeeIds: "Attendees", amountMinor: "Amount",
  expectedCloseDate: "Expected close", scheduledAt: "Scheduled", startedAt: "Started", durationSeconds: "Duration", startsAt: "Start", endsAt: "End",
};

/** Returns the label of a field of the schema: forms, lists, feeds and conflicts have it from here. */
export function fieldName(field: string): string {
  return fieldNames[field] ?? words(field);
}
