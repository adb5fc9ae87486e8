import "../../react/src/styles/tokens.css";
import "./styles/page.css";
import "./styles/work.css";
import "./styles/dialogs.css";
import { createRoot, type Root } from "react-dom/client";
import { App } from "./page/App";
import { Guard } from "./page/Guard";
import { createSidePane, type Self, type SidePane } from "./page/sidePane";
import type { Identity, Side } from "./people/identity";
import { bareSession, fetchSession } from "./people/session";
import { remember } from "./people/windowStorage";
import { createSchemaSource } from "./server/schema";
import { exampleTabs } from "./tabs/exampleTabs";
import { takeLinked } from "./tabs/link";
import { readStartingPoint } from "./tabs/startingPoint";
import { value } from "./value";

async function start(root: Root): Promise<void> {
  let trouble = "";
  const fetched = await fetchSession().catch((error: Error) => {
    trouble = error.message;
    return bareSession;
  });
  const session = value(fetched);
  const source = createSchemaSource();
  const examples = async (identity: Identity, self: Self) =>
    exampleTabs(fetched.examples, await readStartingPoint(identity), self);
  const open = (side: Side, preferred = "") => createSidePane({ session, source, side, preferred, examples });
  const first = await open("as");
  if (trouble) first.problems.report({ topic: "session", text: trouble, action: { label: "Reload", run: () => location.reload() } });
  first.readSchema();
  const linked = takeLinked();
  if (linked) first.tabs.add(linked);
  // The best way to see Tandem work is two people side by side, so the second is another one.
  const openSecond = () => open("beside", fetched.people.find(({ id }) => id !== first.identity.who.get())?.id);
  const second = new URL(location.href).searchParams.has("beside") ? await openSecond() : undefined;
  root.render(
    <Guard onForget={first.store.clear}>
      <App first={first} second={second} openSecond={openSecond} closeSecond={closeSecond} />
    </Guard>,
  );
}

function closeSecond(): void {
  remember("who:beside", "");
  const address = new URL(location.href);
  address.searchParams.delete("beside" satisfies SidePane["side"]);
  history.replaceState(null, "", address);
}

void start(createRoot(document.getElementById("root")!));
