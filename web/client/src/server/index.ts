export { readEntity } from "./readEntity.js";
export type { ServerOptions, RenderedEntity } from "./readEntity.js";
