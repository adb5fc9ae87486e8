import { cacheExchange } from "@urql/core";
import { createTandem, type Tandem } from "../../../src/index.js";
import { CHANGES, CUSTOMER, CUSTOMERS } from "../../adapters/documents.js";
import { HeldAnswers } from "../../adapters/heldAnswers.js";
import { apollo, query, urql, type Library } from "../../adapters/library.js";

const libraries: Readonly<Record<string, (tandem: Tandem) => Library>> = { apollo, query, urql: (tandem) => urql(tandem, cacheExchange) };

interface Customer {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly phone: string | null;
}

/** An application of one person with one of the libraries. It notes what its queries show, and follows the customers. */
class Page {
  readonly answers = new HeldAnswers();
  /** The states of the customer that were shown, in order. */
  readonly customers: Customer[] = [];
  /** The names in the list that were shown, in order. */
  readonly lists: string[][] = [];
  /** The changes that came, as `id:version`. */
  readonly changes: string[] = [];
  readonly failures: string[] = [];
  private readonly adapter: Library;

  constructor(person: string, name: string) {
    const token = async () => (await fetch(`/token/${person}`)).text();
    const tandem = createTandem({ url: "/graphql", token, fetch: this.answers.fetch });
    this.adapter = (libraries[name] ?? apollo)(tandem);
    this.adapter.subscribe(CHANGES, {}, {
      next: (data) => {
        const { entityId, version } = (data as { customerChanged: { entityId: string; version: number } }).customerChanged;
        this.changes.push(`${entityId}:${version}`);
      },
      failed: (error) => void this.failures.push(String(error)),
    });
  }

  showCustomer(id: string): void {
    this.adapter.watch(CUSTOMER, { id }, {
      next: (data) => void this.customers.push((data as { customer: Customer }).customer),
      failed: (error) => void this.failures.push(String(error)),
    });
  }

  showList(): void {
    this.adapter.watch(CUSTOMERS, {}, {
      next: (data) => void this.lists.push((data as { customers: { nodes: Customer[] } }).customers.nodes.map(({ name }) => name)),
      failed: (error) => void this.failures.push(String(error)),
    });
  }
}

declare global {
  /** The page under test of the adapters. */
  var adapters: Page;
}

globalThis.adapters = new Page(location.pathname.split("/").at(-1) ?? "", new URLSearchParams(location.search).get("library") ?? "");
