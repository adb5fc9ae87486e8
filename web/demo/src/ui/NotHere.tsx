import { CloudOff } from "lucide-react";
import type { ReactNode } from "react";
import { Notice } from "./Notice.js";

interface NotHereProps {
  readonly what: string;
  /** The part of it that the device has, such as the edits that wait. */
  readonly children?: ReactNode;
}

/** The place of something that only the server has, while the server is away. */
export function NotHere({ what, children }: NotHereProps) {
  return <Notice icon={<CloudOff />} title="You are offline" below={children}>{what} can’t be shown until the connection is back.</Notice>;
}
