export { tandemLink } from "./link.js";
