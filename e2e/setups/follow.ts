// follow.ts
import { resumingClient } from "./resuming";
import { token, ws } from "./tandem";

/** A change, with the fields of its entity as it left them (5.4). */
export interface Change { cursor: string; kind: string; entityId: string; version: number; state: { id: string; document: Record<string, unknown> } }

const query = `subscription ($after: Cursor!) { entityChanged(after: $after) {
  cursor kind entityId version state { id document } } }`;

/** Calls apply for every change, in order, until stop. read fetches afresh, and returns the cursor that it read at. */
export async function follow(read: () => Promise<string>, apply: (change: Change) => void, stop: AbortSignal) {
  const client = resumingClient({ url: ws, connectionParams: async () => ({ authorization: `Bearer ${await token()}` }) });
  const isResync = (e: unknown) => Array.isArray(e) && e[0]?.extensions?.code === "RESYNC_REQUIRED";
  stop.addEventListener("abort", () => void client.dispose());
  try {
    while (!stop.aborted) {
      const variables = { after: await read() };
      await new Promise<void>((again, fail) => {
        client.subscribe<{ entityChanged: Change | null }>({ query, variables }, {
          next: ({ data, errors }) => (data?.entityChanged ? apply(data.entityChanged) : fail(errors)),
          error: (e) => (isResync(e) ? setTimeout(again, 2_000 * Math.random()) : fail(e)),
          complete: () => (stop.aborted ? again() : fail(new Error("the subscription ended"))),
        });
      });
    }
  } finally {
    await client.dispose();
  }
}
