import { useLiveList } from "@tandem/react";
import type { Customer } from "../live/entities.js";

/** A choice among the customers that the person may see, by name. */
export function CustomerField({ id, name, initial }: { readonly id: string; readonly name: string; readonly initial?: string | undefined }) {
  const { items } = useLiveList<Customer>({ type: "Customer", orderBy: "name_asc", pageSize: 100 });
  return (
    <select key={items.length > 0 ? "some" : "none"} id={id} name={name} className="input" defaultValue={initial}>
      <option value="">None</option>
      {items.map((customer) => <option key={customer.id} value={customer.id}>{customer.displayName}</option>)}
    </select>
  );
}
