import { RealtimeProvider } from "@tandem/react";
import { lazy, Suspense, useMemo, useSyncExternalStore } from "react";
import { useRoute } from "wouter";
import { locale } from "../format/time.js";
import { fieldName } from "../format/words.js";
import { DemoContext, type DemoSession } from "../session/context.js";
import type { Session, SessionStore } from "../session/session.js";
import { ChoosePerson } from "./ChoosePerson.js";
import { Membership } from "./Membership.js";
import { Notice } from "../ui/Notice.js";
import { PushProvider } from "../push/context.js";
import { Pages } from "./Pages.js";

const messages = { field: fieldName };

const Beside = lazy(() => import("../beside/Beside.js"));

/** The page, for the person that it is for; or for two people, each in a frame. */
export function App({ session: store }: { readonly session: SessionStore }) {
  const session = useSyncExternalStore(store.subscribe, store.get);
  const [beside] = useRoute("/beside");
  if (beside && session.status === "two") return <Suspense><Beside people={session.people} /></Suspense>;
  if (session.status === "in") return <ForPerson key={session.turn} session={session} store={store} />;
  return <Before session={session} store={store} />;
}

function ForPerson({ session, store }: { readonly session: Extract<Session, { status: "in" }>; readonly store: SessionStore }) {
  const value = useMemo<DemoSession>(() => ({ ...session, switchTo: (id) => store.switchTo(id), openLab: (open) => store.openLab(open) }), [session, store]);
  return (
    <DemoContext.Provider value={value}>
      <RealtimeProvider tandem={session.tandem} locale={locale} messages={messages}>
        <Membership>
          <PushProvider><Pages /></PushProvider>
        </Membership>
      </RealtimeProvider>
    </DemoContext.Provider>
  );
}

function Before({ session, store }: { readonly session: Exclude<Session, { status: "in" }>; readonly store: SessionStore }) {
  if (session.status === "unknown") return <ChoosePerson people={session.people} asked={session.asked} choose={(id) => store.switchTo(id)} />;
  if (session.status !== "failed") return <main className="main" aria-busy="true" aria-label="Loading" />;
  return (
    <main className="main">
      <Notice title="The server does not answer" action={{ label: "Try again", run: () => void store.begin() }}>
        {session.reason} Start it with <code>go run .</code> and try again.
      </Notice>
    </main>
  );
}
