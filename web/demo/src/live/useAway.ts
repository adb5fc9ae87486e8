import { useConnectionStatus } from "@tandem/react";
import { useEffect, useState } from "react";

/** How long the server is away before a page that has nothing to show says so, in milliseconds. */
const patience = 2_000;

/** Reports whether the server has been away for a moment, so that what is not on this device does not come now. */
export function useAway(): boolean {
  const { state, since, lost } = useConnectionStatus();
  const away = state === "offline" || state === "reconnecting";
  const until = since.getTime() + patience;
  const [long, setLong] = useState(() => Date.now() >= until);
  useEffect(() => {
    const left = until - Date.now();
    setLong(left <= 0);
    const timer = setTimeout(() => setLong(true), left);
    return () => clearTimeout(timer);
  }, [until]);
  return away && (lost || long);
}
