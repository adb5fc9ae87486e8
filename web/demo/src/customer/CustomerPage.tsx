import { useLiveData, type LiveData } from "@tandem/react";
import { useState } from "react";
import { useCommands } from "../keys/commands.js";
import { customerStatuses } from "../lists/lists.js";
import { words } from "../format/words.js";
import { roomOf, type Customer } from "../live/entities.js";
import { useMayWrite } from "../live/useRole.js";
import { useMembers } from "../live/useMembers.js";
import { CreateDialog } from "../create/CreateDialog.js";
import { RecordHead } from "../record/RecordHead.js";
import { RefusedCreate, useRefusedCreate } from "../record/RefusedCreate.js";
import { RecordState } from "../record/RecordState.js";
import { useRecordCommands } from "../record/useRecordCommands.js";
import { useStays } from "../record/useStays.js";
import { Status } from "../ui/Status.js";
import { Undecided } from "../ui/Undecided.js";
import { RecordForm } from "../record/RecordForm.js";
import { CustomerTabs } from "./CustomerTabs.js";
import { useTab } from "./useTab.js";
import "../styles/record.css";

/** The page of a customer: what is known, who is here, and all that has happened. */
export default function CustomerPage({ id }: { readonly id: string }) {
  const customer = useLiveData<Customer>({ key: `customer:${id}` });
  const stays = useStays(customer);
  const refused = useRefusedCreate(id);
  if (refused) return <RefusedCreate type="Customer" record={refused} />;
  if (!customer.data || !stays) return <RecordState type="Customer" id={id} entity={customer} />;
  return <Shown id={id} customer={customer} data={customer.data} />;
}

interface ShownProps {
  readonly id: string;
  readonly customer: LiveData<Customer>;
  readonly data: Customer;
}

function Shown({ id, customer, data }: ShownProps) {
  const [tab, open] = useTab();
  const [creating, setCreating] = useState<"Call" | "Meeting" | "Deal">();
  useRecordCommands("Customer");
  useCustomerCommands(customer, data, setCreating);
  return (
    <>
      <RecordHead type="Customer" data={data} entity={customer} room={roomOf("Customer", id)}>
        <Undecided id={id} fields={["status"]}><Status value={data.status} /></Undecided>
      </RecordHead>
      <div className="record" data-tab={tab}>
        <RecordForm type="Customer" id={id} />
        <CustomerTabs id={id} customer={customer} tab={tab} open={open} create={setCreating} />
      </div>
      {creating && <CreateDialog type={creating} initial={{ customerId: id }} onClose={() => setCreating(undefined)} />}
    </>
  );
}

function useCustomerCommands(customer: LiveData<Customer>, data: Customer, create: (type: "Call" | "Meeting" | "Deal") => void): void {
  const members = useMembers();
  const changes = [
    ...customerStatuses.filter((status) => status !== data.status).map((status) => ({
      id: `status-${status}`, label: `Change the status to ${words(status)}`, group: "This customer", run: () => void customer.save({ status }),
    })),
    ...members.filter(({ id }) => id !== data.owner?.id).map(({ id, name }) => ({
      id: `assign-${id}`, label: `Assign to ${name}`, group: "This customer", also: "owner", run: () => void customer.save({ ownerId: id }),
    })),
  ];
  const related = (["Call", "Meeting", "Deal"] as const).map((type) => ({ id: `create-${type}`, label: `New ${type.toLowerCase()} with ${data.displayName}`, group: "Create", run: () => create(type) }));
  useCommands([
    ...(customer.access?.canEdit ? changes : []),
    ...(useMayWrite() && customer.status !== "gone" ? related : []),
  ]);
}
