import type { CDPSession, Page } from "playwright-core";

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly tdur?: number;
}

/** The name of the mark by which `tasks` finds a page in a trace. */
const MARK = "this page";

/** Marks a page in the trace that is being written. */
export const mark = (page: Page, name: string): Promise<unknown> => page.evaluate((text) => performance.mark(text), `${MARK}: ${name}`);

/** The tasks of the thread that runs a marked page, in milliseconds of processor time, the longest first: a busy machine makes tasks late, but not larger. */
export function tasks(trace: Buffer, name: string): number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: readonly TraceEvent[] };
  const marked = traceEvents.find((event) => event.name === `${MARK}: ${name}`);
  return traceEvents.filter((event) => event.name === "ThreadControllerImpl::RunTask" && event.pid === marked?.pid && event.tid === marked.tid)
    .map(({ tdur = 0 }) => tdur / 1000).sort((a, b) => b - a);
}

/** The memory that a page holds, in MB. */
export async function heldMemory(devtools: CDPSession): Promise<number> {
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  return usedSize / 2 ** 20;
}
