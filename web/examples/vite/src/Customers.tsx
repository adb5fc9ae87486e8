import { useTandem } from "@tandem/react";
import { gql, useQuery, useSubscription } from "urql";

interface Customer {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly phone: string | null;
}

const customers = gql`
  query { customers(first: 20, orderBy: NAME_ASC) { nodes { id version name phone } } }`;
const changes = gql`
  subscription { customerChanged { version fromVersion kind entityId changes { field } customer { id version name phone } } }`;

/** The customers, as urql shows them: with every change, and with edits that the server has not seen. */
export function Customers({ edit }: { readonly edit: (id: string) => void }) {
  const tandem = useTandem();
  const [{ data, error }] = useQuery<{ customers: { nodes: readonly Customer[] } }>({ query: customers });
  useSubscription({ query: changes });
  if (error) return <p role="alert">{error.message}</p>;
  return (
    <ul aria-label="Customers">
      {data?.customers.nodes.map(({ id, name, phone }) => (
        <li key={id}>
          {name}: {phone ?? "no phone"}
          <button onClick={() => edit(id)}>Edit {name}</button>
          <button onClick={() => void tandem.entity("Customer", id).save({ phone: "+1 555 0100" })}>Set the phone of {name}</button>
        </li>
      ))}
    </ul>
  );
}
