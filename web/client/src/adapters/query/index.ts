export { tandemQuery } from "./tandemQuery.js";
export type { QueryOptions, TandemQuery } from "./tandemQuery.js";
