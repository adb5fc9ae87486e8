import type { Ref } from "react";
import { Feed } from "../activity/Feed.js";

/** The activity of a customer, and of the calls, meetings and deals with it. */
export function CustomerActivity({ id, newestRef }: { readonly id: string; readonly newestRef: Ref<HTMLDivElement> }) {
  return <Feed feedType="customer" entityId={id} here={id} newestRef={newestRef} />;
}
