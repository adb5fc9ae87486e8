import { useDemo } from "../session/context.js";
import { usePush } from "./context.js";

/** The longest that a change of the person waits for the browser and the server, in milliseconds. */
const patience = 3_000;

/** Returns a function that goes on as another person. The browser is not sent the notifications of the former one any more. */
export function useSwitch(): (id: string) => void {
  const { person, switchTo } = useDemo();
  const push = usePush();
  return (id) => {
    if (id === person.id || push.status.get() !== "on") return switchTo(id);
    const late = new Promise((resolve) => setTimeout(resolve, patience));
    // A failure is ignored: the push service refuses messages to a subscription that the browser has ended.
    void Promise.race([push.disable().catch(() => undefined), late]).then(() => switchTo(id));
  };
}
