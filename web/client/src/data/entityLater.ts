/** The parts of an entity that a page needs after it shows its first data. They are loaded together. */
export { deleteEntity, readDeletion, restoreEntity } from "./entityActions.js";
export { OwnConflict } from "./ownConflict.js";
