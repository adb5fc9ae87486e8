// People look as they do in the demo. The sources are imported, because this page is built before the packages are.
export { initials, personColor } from "../../../react/src/people/person";
