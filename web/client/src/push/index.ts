export { createPush } from "./push.js";
export type { Push, PushOptions, PushStatus } from "./push.js";
export { receivePushes } from "./worker.js";
export type { WorkerScope } from "./worker.js";
