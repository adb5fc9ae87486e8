export { tandemExchange } from "./exchange.js";
export type { TandemExchangeOptions } from "./exchange.js";
