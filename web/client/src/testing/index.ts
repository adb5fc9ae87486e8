export { createFaults } from "./faults.js";
export type { Faults } from "./faults.js";
export type { Weather } from "./network.js";
