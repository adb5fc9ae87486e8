"use client";

import type { EntityData } from "@tandem/client";
import { CollaborativeForm, PresenceIndicator, useLiveData } from "@tandem/react";

export interface Customer extends EntityData {
  readonly name: string;
  readonly phone: string | null;
}

/** A customer, from the first picture that the server rendered on. */
export function CustomerPanel({ id, initialData, after }: { id: string; initialData: Customer; after: string }) {
  const { data, status } = useLiveData<Customer>({ key: `customer:${id}`, initialData, after });
  if (!data) return <p>{status === "gone" ? "This customer was deleted." : "You can't see this customer."}</p>;
  return (
    <main>
      <h1>{data.name}</h1>
      <p>Phone: {data.phone ?? "none"}</p>
      <PresenceIndicator roomId={id} showCurrentUser />
      <CollaborativeForm formId={id} entityType="Customer" entityId={id} initial={{ data: initialData, after }}>
        <label>Name <input name="name" /></label>
        <label>Phone <input name="phone" /></label>
        <button>Save</button>
      </CollaborativeForm>
    </main>
  );
}
