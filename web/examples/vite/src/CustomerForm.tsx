import { ActivityFeed, CollaborativeForm, FieldPresence, PresenceIndicator } from "@tandem/react";

/** A customer as several people edit it, with the people here and what has happened. */
export function CustomerForm({ id }: { readonly id: string }) {
  return (
    <section aria-label="Customer">
      <PresenceIndicator roomId={`customer:${id}`} showCurrentUser />
      <CollaborativeForm formId={`customer:${id}`} entityType="customer" entityId={id}>
        {(["name", "phone"] as const).map((name) => (
          <p key={name}>
            <label htmlFor={name}>{name === "name" ? "Name" : "Phone"}</label>
            <FieldPresence name={name}><input id={name} name={name} /></FieldPresence>
          </p>
        ))}
        <button>Save</button>
      </CollaborativeForm>
      <ActivityFeed feedType="customer" entityId={id} />
    </section>
  );
}
