import { useEffect, useRef, useState } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { HelpSheet } from "../keys/HelpSheet.js";
import { KeysProvider } from "../keys/Keys.js";
import { Palette } from "../keys/Palette.js";
import { callList, customerList, dealList } from "../lists/lists.js";
import { EntityList } from "../lists/EntityList.js";
import { ActualId, useCreatedIds, usePageKey } from "../record/ActualId.js";
import { useDemo } from "../session/context.js";
import { isPane } from "../session/panes.js";
import { Notice } from "../ui/Notice.js";
import { useForgetting } from "../unsaved/useUnsaved.js";
import { BottomBar } from "./BottomBar.js";
import { GlobalCommands } from "./GlobalCommands.js";
import { lazyPage, loadAllWhenIdle, PagePlace } from "./lazyPage.js";
import { RefusedEdits } from "./RefusedEdits.js";
import { Sidebar } from "./Sidebar.js";
import { Toasts } from "./Toasts.js";
import { TopBar } from "./TopBar.js";
import { UndoToast } from "./UndoToast.js";

const CustomerPage = lazyPage(() => import("../customer/CustomerPage.js"));
const RecordPage = lazyPage(() => import("../record/RecordPage.js"));
const Board = lazyPage(() => import("../board/Board.js"));
const Agenda = lazyPage(() => import("../agenda/Agenda.js"));
const Inbox = lazyPage(() => import("../inbox/Inbox.js"));
const Preferences = lazyPage(() => import("../preferences/Preferences.js"));
const Lab = lazyPage(() => import("../lab/LabDrawer.js"));
const ActivityPage = lazyPage(() => import("../activity/ActivityPage.js"));

type Open = "palette" | "help" | undefined;

/** The CRM of a signed-in person. */
export function Pages() {
  const [open, setOpen] = useState<Open>();
  const { lab } = useDemo();
  const [path] = useLocation();
  useEffect(loadAllWhenIdle, []);
  const page = usePageKey(path);
  useFocusOnNavigation(page);
  useCreatedIds();
  useForgetting();
  const search = () => setOpen("palette");
  return (
    <KeysProvider>
      <GlobalCommands search={search} help={() => setOpen("help")} />
      <a className="skip" href="#content">Skip to the content</a>
      <div className="shell">
        <Sidebar search={search} />
        <main id="content" className="main" tabIndex={-1}>
          <RefusedEdits />
          <PagePlace key={page}>
            <Routes />
          </PagePlace>
          {lab && !isPane() && <PagePlace><Lab lab={lab} /></PagePlace>}
        </main>
        <BottomBar search={search} />
      </div>
      <Toasts />
      <UndoToast />
      {open === "palette" && <Palette onClose={() => setOpen(undefined)} />}
      {open === "help" && <HelpSheet onClose={() => setOpen(undefined)} />}
    </KeysProvider>
  );
}

/** Gives the focus to the content of another page, so that keys and screen readers go on there. */
function useFocusOnNavigation(page: string): void {
  const before = useRef(page);
  useEffect(() => {
    if (before.current !== page) document.getElementById("content")?.focus({ preventScroll: true });
    before.current = page;
  }, [page]);
}

function Routes() {
  return (
    <Switch>
      <Route path="/"><Redirect to="/customers" replace /></Route>
      <Route path="/inbox"><Inbox /></Route>
      <Route path="/inbox/preferences"><Preferences /></Route>
      <Route path="/customers"><EntityList key="customers" list={customerList} /></Route>
      <Route path="/customers/:id">{({ id }) => <ActualId type="Customer" id={decodeURIComponent(id)}>{(actual) => <CustomerPage id={actual} />}</ActualId>}</Route>
      <Route path="/calls"><EntityList key="calls" list={callList} /></Route>
      <Route path="/calls/:id">{({ id }) => <ActualId type="Call" id={decodeURIComponent(id)}>{(actual) => <RecordPage type="Call" id={actual} />}</ActualId>}</Route>
      <Route path="/meetings"><Agenda /></Route>
      <Route path="/meetings/:id">{({ id }) => <ActualId type="Meeting" id={decodeURIComponent(id)}>{(actual) => <RecordPage type="Meeting" id={actual} />}</ActualId>}</Route>
      <Route path="/deals"><Board /></Route>
      <Route path="/deals/table"><EntityList key="deals" list={dealList} /></Route>
      <Route path="/deals/:id">{({ id }) => <ActualId type="Deal" id={decodeURIComponent(id)}>{(actual) => <RecordPage type="Deal" id={actual} />}</ActualId>}</Route>
      <Route path="/activity"><ActivityPage /></Route>
      <Route><NoPage /></Route>
    </Switch>
  );
}

function NoPage() {
  return (
    <>
      <TopBar title="Not found" />
      <Notice title="There is no such page">The address may be old. The navigation leads to everything there is.</Notice>
    </>
  );
}
