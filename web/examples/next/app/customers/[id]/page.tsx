import { readEntity } from "@tandem/client/server";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { auth } from "../../../auth";
import { origin, url } from "../../../tandem";
import { CustomerPanel, type Customer } from "./panel";

/** Renders a customer on the server, with the session of the request. The panel goes on from there in the browser. */
export default async function CustomerPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  if (!(await auth())) redirect(`/?to=/customers/${id}`);
  const cookie = (await headers()).get("cookie") ?? "";
  const rendered = await readEntity<Customer>({ url, headers: { cookie, origin } }, "Customer", id);
  if (!rendered) notFound();
  return <CustomerPanel id={id} initialData={rendered.data} after={rendered.after} />;
}
