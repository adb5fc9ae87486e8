import { receivePushes, type WorkerScope } from "@tandem/client/push";

receivePushes(globalThis as unknown as WorkerScope, { icon: "/icons/icon-192.png" });
