/** The address of the API. Its server shares the host with this application, so that the browser sends it the session cookie. */
export const url = process.env.TANDEM_URL ?? "http://localhost:8080/graphql";

/** The address of this application: one of the server's ALLOWED_ORIGINS. */
export const origin = process.env.ORIGIN ?? "http://localhost:3000";
