import { renderToString } from "react-dom/server";
import { expect, test } from "vitest";
import { createTandem, type EntityData } from "../../client/src/index.js";
import { ActivityFeed, CollaborativeForm, ConnectionStatus, NotificationCenter, PresenceIndicator, RealtimeProvider, useLiveData } from "../src/index.js";

const aalto: EntityData = {
  id: "c1", type: "Customer", version: 3, displayName: "Aalto Oy", createdAt: new Date(0), updatedAt: new Date(0), updatedBy: null, name: "Aalto Oy",
};

function Name() {
  return <h1>{useLiveData({ key: "customer:c1", initialData: aalto, after: "cursor" }).data?.displayName}</h1>;
}

test("a server renders what it has read, and opens no connection", () => {
  let connections = 0;
  const fetch = () => Promise.reject(new Error(`connection ${++connections}`));
  const tandem = createTandem({ url: "http://127.0.0.1:1/graphql", fetch });
  const html = renderToString(
    <RealtimeProvider tandem={tandem}>
      <Name />
      <ConnectionStatus />
      <PresenceIndicator roomId="customer:c1" />
      <NotificationCenter />
      <ActivityFeed feedType="global" />
      <CollaborativeForm formId="customer:c1" entityType="customer" entityId="c1" initial={{ data: aalto, after: "cursor" }}>
        <input name="name" aria-label="Name" />
      </CollaborativeForm>
    </RealtimeProvider>,
  );
  tandem.close();
  expect(html).toContain("<h1>Aalto Oy</h1>");
  expect(html).toContain('role="status" aria-label="Connection"');
  expect(connections).toBe(0);
});
