import { Feed } from "../activity/Feed.js";

/** The activity of a customer, and of the calls, meetings and deals with it. */
export function CustomerActivity({ id }: { readonly id: string }) {
  return <Feed feedType="customer" entityId={id} here={id} />;
}
