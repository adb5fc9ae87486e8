/** A person of the demo company. */
export interface DemoPerson {
  readonly id: string;
  readonly name: string;
  readonly role: "ADMIN" | "MEMBER" | "VIEWER";
  /** Unset once an admin has removed the person. */
  readonly isMember: boolean;
}

/** Returns the people of the demo company, as whom the page can sign in, without those whose data was erased. */
export async function readPeople(): Promise<readonly DemoPerson[]> {
  return (await answerOf(await fetch("/demo/people.json"))) as DemoPerson[];
}

/** Returns the source of a person's tokens. It reads another one only when the server refused the last. */
export function tokensOf(person: string): (fresh: boolean) => Promise<string> {
  let last: Promise<string> | undefined;
  return (fresh) => {
    if (!fresh && last) return last;
    const asked = readToken(person);
    asked.catch(() => last === asked && (last = undefined));
    return (last = asked);
  };
}

async function readToken(person: string): Promise<string> {
  const response = await fetch("/demo/token", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ person }),
  });
  return ((await answerOf(response)) as { token: string }).token;
}

/** Stops the instance and lets it start again. Resolves when it has agreed to. */
export async function restartInstance(): Promise<void> {
  const response = await fetch("/demo/restart", { method: "POST" });
  if (!response.ok) throw new Error(await response.text());
}

async function answerOf(response: Response): Promise<unknown> {
  if (!response.ok) throw new Error((await response.text()).trim() || `The server answered ${response.status}.`);
  return response.json();
}

/** Returns the first name, as people call each other. */
export function firstName(name: string): string {
  return name.split(" ")[0] ?? name;
}
