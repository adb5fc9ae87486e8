import { receivePushes, type WorkerScope } from "../../src/push/index.js";

receivePushes(globalThis as unknown as WorkerScope, { icon: "/icon.png" });
