import type { ExecutionResult } from "graphql";
import { conflictIds } from "../conflicts/conflictIds";
import type { Request } from "../server/http";
import { resumable } from "../server/resume";
import { closingCode, closingInWords, errorsInWords, tokenRefused, type ErrorInWords } from "../server/words";
import type { Value } from "../value";
import type { Run, StreamEvent } from "./run";
import type { Means, Parsed } from "./runs";

/** Enough to look back on, and not so many that a busy stream makes the page slow. */
const kept = 200;

/** How often the page shows what came, in milliseconds. A busy stream has several events in this time. */
const pace = 50;

/** Sends an operation over the socket, shows its events as they come, and returns how to end it. */
export function follow(means: Means, request: Request, { document, operation }: Parsed, run: Value<Run | undefined>): () => void {
  const resumption = resumable(request, document, operation, means.schema.get());
  const follows = operation.operation === "subscription";
  run.set({ ...run.get()!, state: follows ? "following" : "running", obstacle: follows ? resumption.obstacle : "" });
  const gap = measureGap(means);
  const shown = showing(run);
  const ended = (errors: readonly ErrorInWords[]) => {
    shown.flush();
    gap.end();
    run.set({ ...run.get()!, state: "done", errors: errors.length > 0 ? errors : run.get()!.errors });
  };
  const stop = means.socket.subscribe(resumption.request, {
    next: (result) => shown.add(result, resumption.note(result.data as Record<string, unknown>), gap.take()),
    error: (error) => ended(failureInWords(means, error)),
    complete: () => ended([]),
  });
  return () => {
    stop();
    gap.end();
    shown.flush();
  };
}

/** Collects events, and puts them into the run at a pace that the page can draw. */
function showing(run: Value<Run | undefined>) {
  let waiting: StreamEvent[] = [];
  let number = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let newest: { cursor: string; errors: ErrorInWords[] } = { cursor: "", errors: [] };
  let conflicts: string[] = [];
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const now = run.get();
    if (!now || waiting.length === 0) return;
    const events = [...waiting, ...now.events].slice(0, kept);
    waiting = [];
    run.set({ ...now, events, conflicts, cursor: newest.cursor || now.cursor, errors: newest.errors });
  };
  return {
    flush,
    add(result: ExecutionResult, cursor: string, afterGap: number) {
      waiting.unshift({ number: ++number, at: new Date(), json: JSON.stringify(result, null, 2), afterGap });
      if (waiting.length > kept) waiting.length = kept;
      newest = { cursor, errors: errorsInWords(result.errors) };
      conflicts = [...new Set([...conflictIds(result), ...conflicts])].slice(0, 5);
      timer ??= setTimeout(flush, pace);
    },
  };
}

/** Measures how long the connection was away before an event. */
function measureGap({ socket }: Means) {
  let lost = 0;
  let had = socket.state.get() === "live";
  const end = socket.state.subscribe(() => {
    const live = socket.state.get() === "live";
    if (had && !live && lost === 0) lost = Date.now();
    had ||= live;
  });
  return {
    end,
    take() {
      const gap = lost === 0 ? 0 : Math.max(1, Date.now() - lost);
      lost = 0;
      return gap;
    },
  };
}

/** Errors that the server sent come as a list; a connection that ended comes as its closing. */
function failureInWords(means: Means, error: unknown): ErrorInWords[] {
  if (Array.isArray(error)) return errorsInWords(error);
  if (closingCode(error) === tokenRefused) return [{ message: means.refusal(true), code: "UNAUTHENTICATED", advice: "" }];
  const message = error instanceof Error && !("code" in error) ? error.message : closingInWords(error);
  return [{ message, code: "", advice: "" }];
}
