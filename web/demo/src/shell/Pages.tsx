import type { EntityTypeName } from "@tandem/client";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { HelpSheet } from "../keys/HelpSheet.js";
import { KeysProvider } from "../keys/Keys.js";
import { Palette } from "../keys/Palette.js";
import { callList, customerList, dealList } from "../lists/lists.js";
import { EntityList } from "../lists/EntityList.js";
import { idIn } from "../live/entities.js";
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
      <Route path="/customers/:id">{({ id }) => <Entity type="Customer" id={idIn(id)}>{(actual) => <CustomerPage id={actual} />}</Entity>}</Route>
      <Route path="/calls"><EntityList key="calls" list={callList} /></Route>
      <Route path="/calls/:id">{({ id }) => <Entity type="Call" id={idIn(id)}>{(actual) => <RecordPage type="Call" id={actual} />}</Entity>}</Route>
      <Route path="/meetings"><Agenda /></Route>
      <Route path="/meetings/:id">{({ id }) => <Entity type="Meeting" id={idIn(id)}>{(actual) => <RecordPage type="Meeting" id={actual} />}</Entity>}</Route>
      <Route path="/deals"><Board /></Route>
      <Route path="/deals/table"><EntityList key="deals" list={dealList} /></Route>
      <Route path="/deals/:id">{({ id }) => <Entity type="Deal" id={idIn(id)}>{(actual) => <RecordPage type="Deal" id={actual} />}</Entity>}</Route>
      <Route path="/activity"><ActivityPage /></Route>
      <Route><NoPage /></Route>
    </Switch>
  );
}

interface EntityProps {
  readonly type: EntityTypeName;
  readonly id: string | undefined;
  children(id: string): ReactNode;
}

/** The page of an entity, if the address has an id. */
function Entity({ type, id, children }: EntityProps) {
  return id === undefined ? <NoPage /> : <ActualId type={type} id={id}>{children}</ActualId>;
}

function NoPage() {
  return (
    <>
      <TopBar title="Not found" />
      <Notice title="There is no such page">The address may be old. The navigation leads to everything there is.</Notice>
    </>
  );
}
