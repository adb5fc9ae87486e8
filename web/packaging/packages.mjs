/** The folders of the packages that are published. */
export const packages = ["client", "react"];
