/** A made-up person of the demo, with a token that is ready to use. */
export interface Person {
  id: string;
  name: string;
  role: string;
  token: string;
}

export interface Examples {
  customerId: string;
  callId: string;
  meetingId: string;
  dealId: string;
}

/** The server's data for its playground. Without demo data there are no people, and the examples are empty. */
export interface Session {
  endpoint: string;
  people: Person[];
  examples: Examples;
}

export const bareSession: Session = {
  endpoint: "/graphql",
  people: [],
  examples: { customerId: "", callId: "", meetingId: "", dealId: "" },
};

/** Fetches /playground/session.json. Failures are errors whose messages are for the person at the screen. */
export async function fetchSession(): Promise<Session> {
  const answer = await fetch("/playground/session.json", { cache: "no-store" }).catch(() => {
    throw new Error("The server cannot be reached, so the demo people are unknown.");
  });
  if (!answer.ok) {
    throw new Error(`The server returned no playground session (status ${answer.status}), so the demo people are unknown.`);
  }
  return readSession(await answer.json().catch(() => null));
}

/** Reads the fields that have the right shape, so that an older or newer server does not leave the page blank. */
function readSession(json: unknown): Session {
  const from = record(json);
  const examples = record(from.examples);
  const people = Array.isArray(from.people) ? from.people.map(readPerson) : [];
  return {
    endpoint: text(from.endpoint) || bareSession.endpoint,
    people: people.filter((person) => person.id && person.token),
    examples: {
      customerId: text(examples.customerId),
      callId: text(examples.callId),
      meetingId: text(examples.meetingId),
      dealId: text(examples.dealId),
    },
  };
}

function readPerson(json: unknown): Person {
  const from = record(json);
  const id = text(from.id);
  return { id, name: text(from.name) || id, role: text(from.role), token: text(from.token) };
}

function record(json: unknown): Record<string, unknown> {
  return typeof json === "object" && json !== null ? (json as Record<string, unknown>) : {};
}

function text(json: unknown): string {
  return typeof json === "string" ? json : "";
}
