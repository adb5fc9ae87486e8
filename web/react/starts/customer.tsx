import { createTandem } from "@tandem/client";
import { CollaborativeForm, ConnectionStatus, FieldPresence, PresenceIndicator, RealtimeProvider, type TandemClient } from "@tandem/react";

/** Call this once, where the page begins: one client is for all that a person has open. */
export const clientOf = (token: () => Promise<string>): TandemClient => createTandem({ url: "/graphql", token });

export function CustomerPage({ id, tandem }: { readonly id: string; readonly tandem: TandemClient }) {
  return (
    <RealtimeProvider tandem={tandem}>
      <ConnectionStatus /> <PresenceIndicator roomId={`customer:${id}`} />
      <CollaborativeForm formId={`customer:${id}`} entityType="customer" entityId={id}>
        <label htmlFor="phone">Phone</label>
        <FieldPresence name="phone"><input id="phone" name="phone" /></FieldPresence>
        <button>Save</button>
      </CollaborativeForm>
    </RealtimeProvider>
  );
}
