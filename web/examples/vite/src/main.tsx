import "@tandem/react/styles.css";
import { ConnectionStatus, NotificationCenter, RealtimeProvider } from "@tandem/react";
import { createTandem } from "@tandem/client";
import { tandemExchange } from "@tandem/client/urql";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { cacheExchange, Client, Provider } from "urql";
import { CustomerForm } from "./CustomerForm";
import { Customers } from "./Customers";

const url = "/graphql";
// In place of a sign-in: a token of the environment.
const tandem = createTandem({ url, token: async () => String(import.meta.env.VITE_TOKEN) });
const client = new Client({ url, exchanges: [tandemExchange(tandem, { exchanges: [cacheExchange] })] });

function App() {
  const [edited, edit] = useState<string>();
  return (
    <>
      <Customers edit={edit} />
      {edited && <CustomerForm id={edited} />}
    </>
  );
}

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <RealtimeProvider tandem={tandem}>
      <Provider value={client}>
        <App />
      </Provider>
      <ConnectionStatus />
      <NotificationCenter />
    </RealtimeProvider>
  </StrictMode>,
);
