/** The address of the API, and the person's token: for the tests, of a server that they started. */
export const url = process.env["TANDEM_URL"] ?? "/graphql";
export const token = async () => process.env["TANDEM_TOKEN"] ?? "";
