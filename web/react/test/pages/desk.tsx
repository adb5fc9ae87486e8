import { createTandem, type EntityData, type Transport } from "../../../client/src/index.js";
import { createPush, type Push } from "../../../client/src/push/index.js";
import { StrictMode, useState, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import {
  ActivityFeed, CollaborativeForm, ConnectionStatus, FieldPresence, NotificationCenter, PresenceIndicator, RealtimeProvider, useCollaborativeField, useCollaborativeForm, useLiveData, useSeen,
} from "../../src/index.js";

/** A customer of the CRM. */
type Customer = EntityData & { readonly name: string; readonly phone: string | null };

const options = new URLSearchParams(location.search);
const customer = options.get("customer") ?? "";

/** The page of one customer, as an application would build it from the components. */
function Desk({ push }: { readonly push: Push }) {
  const [shown, setShown] = useState(true);
  const seen = useSeen(`customer:${customer}`, () => options.has("seen"));
  return (
    <>
      <header className="top">
        {Array.from({ length: Number(options.get("mounts") ?? 1) }, (_, at) => <Title key={at} />)}
        <ConnectionStatus connected="Live" />
        <PresenceIndicator roomId={`customer:${customer}`} maxVisible={Number(options.get("visible") ?? 5)} showCurrentUser onSelect={({ user }) => (document.title = `Chosen: ${user.name}`)} />
        <NotificationCenter push={push} onOpen={({ text }) => (document.title = `Opened: ${text}`)} />
      </header>
      <main>
        {shown && (options.has("replaced") ? <CustomerOrNothing /> : <CustomerForm />)}
        <aside>
          <button type="button" onClick={() => setShown(!shown)}>Show or hide the form</button>
          <ActivityFeed feedType="customer" entityId={customer} newestRef={seen} onOpen={({ id }) => (document.title = `Opened: ${id}`)} />
        </aside>
      </main>
    </>
  );
}

function Title() {
  const { data, status } = useLiveData<Customer>({ key: `customer:${customer}` });
  return <h1>{data?.name ?? status}</h1>;
}

/** A page that replaces its form when there is nothing to show. */
function CustomerOrNothing() {
  const { data, status } = useLiveData<Customer>({ key: `customer:${customer}` });
  return data ? <CustomerForm /> : <p>Nothing to see: {status}</p>;
}

function CustomerForm() {
  return (
    <CollaborativeForm formId={`customer:${customer}`} entityType="customer" entityId={customer} mode={options.get("mode") === "autosave" ? "autosave" : "save"}>
      <Labelled name="name" label="Name"><input id="name" name="name" required autoComplete="off" /></Labelled>
      <Labelled name="email" label="E-mail"><input id="email" name="email" type="email" autoComplete="off" /></Labelled>
      <Labelled name="phone" label="Phone"><input id="phone" name="phone" autoComplete="off" /></Labelled>
      <Labelled name="company" label="Company"><Company /></Labelled>
      <Labelled name="status" label="Status">
        <select id="status" name="status"><option value="lead">Lead</option><option value="prospect">Prospect</option><option value="active">Active</option><option value="churned">Churned</option></select>
      </Labelled>
      <div>
        <label htmlFor="tags">Tags</label>
        <input id="tags" name="tags" autoComplete="off" />
      </div>
      <Labelled name="notes" label="Notes"><textarea id="notes" name="notes" rows={5} /></Labelled>
      <Footer />
    </CollaborativeForm>
  );
}

function Labelled({ name, label, children }: { readonly name: string; readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <label htmlFor={name}>{label}</label>
      <FieldPresence name={name}>{children}</FieldPresence>
    </div>
  );
}

/** A control of the application's own. */
function Company() {
  const { value, onChange, onFocus, onBlur, readOnlyReason } = useCollaborativeField("company");
  return <input id="company" value={value ?? ""} readOnly={readOnlyReason !== undefined} onChange={onChange} onFocus={onFocus} onBlur={onBlur} autoComplete="off" name="company" />;
}

function Footer() {
  const { dirty, pending, discard } = useCollaborativeForm();
  return (
    <footer className="save">
      <button>Save</button>
      <button type="button" onClick={discard}>Discard</button>
      <output>{dirty.length > 0 ? `Unsaved: ${dirty.join(", ")}` : pending.length > 0 ? `Waiting: ${pending.join(", ")}` : "All saved"}</output>
    </footer>
  );
}

function start(): void {
  document.documentElement.lang = "en";
  document.documentElement.dir = options.get("dir") ?? "ltr";
  document.documentElement.dataset["scheme"] = options.get("scheme") ?? "light";
  document.title = "Desk";
  const person = location.pathname.split("/").at(-1) ?? "";
  const tandem = createTandem({
    url: "/graphql",
    token: async () => (await fetch(`/token/${person}`)).text(),
    ...(options.has("transports") ? { transports: options.get("transports")?.split(",") as Transport[] } : {}),
  });
  Object.assign(window, { tandem });
  const push = createPush({ link: tandem.link, worker: "/sw.js" });
  const page = <RealtimeProvider tandem={tandem}><Desk push={push} /></RealtimeProvider>;
  createRoot(document.getElementById("root") as HTMLElement).render(options.has("strict") ? <StrictMode>{page}</StrictMode> : page);
}

start();
