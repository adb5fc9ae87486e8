import { request } from "@tandem/client";
import { Avatar, useLiveData, useTandem } from "@tandem/react";
import { useEffect, useId, useState } from "react";
import { valueText } from "../activity/texts.js";
import { StateAtDocument, type StateAtQuery } from "../documents/documents.js";
import { momentOf } from "../format/time.js";
import { fieldName } from "../format/words.js";
import { useMembers } from "../live/useMembers.js";
import { differingParts } from "../format/differing.js";
import { Notice } from "../ui/Notice.js";
import "../styles/history.css";

type Version = NonNullable<NonNullable<StateAtQuery["customer"]>["stateAt"]>;

/** Two versions of a customer side by side: what differs, who made each, and when. */
export function History({ id }: { readonly id: string }) {
  const newest = useLiveData({ key: `customer:${id}` }).version;
  const [chosen, choose] = useState<readonly [number, number]>();
  const [before, after] = chosen ?? [Math.max(1, newest - 1), newest];
  const earlier = useVersion(id, before);
  const later = useVersion(id, after);
  if (newest < 1) return <Notice title="No history yet">It begins when the server has stored this customer.</Notice>;
  return (
    <div className="history">
      <div className="history-heads">
        <ChooseVersion label="Earlier version" newest={newest} value={before} state={earlier} choose={(version) => choose([version, after])} />
        <ChooseVersion label="Later version" newest={newest} value={after} state={later} choose={(version) => choose([before, version])} />
      </div>
      {earlier instanceof Error || later instanceof Error ? <Notice title="This version can’t be shown">It is older than what the server keeps, or the server does not answer.</Notice> : <Differences earlier={earlier} later={later} />}
    </div>
  );
}

function useVersion(id: string, version: number): Version | Error | undefined {
  const tandem = useTandem();
  const [read, setRead] = useState<{ readonly version: number; readonly state: Version | Error }>();
  useEffect(() => {
    const ending = new AbortController();
    if (version < 1) return;
    request(tandem.link, StateAtDocument, { id, version }, { signal: ending.signal })
      .then(({ customer }) => setRead({ version, state: customer?.stateAt ?? new Error("There is no such version.") }))
      .catch((error: unknown) => ending.signal.aborted || setRead({ version, state: error instanceof Error ? error : new Error(String(error)) }));
    return () => ending.abort();
  }, [tandem, id, version]);
  return read?.version === version ? read.state : undefined;
}

interface ChooseVersionProps {
  readonly label: string;
  readonly newest: number;
  readonly value: number;
  readonly state: Version | Error | undefined;
  choose(version: number): void;
}

function ChooseVersion({ label, newest, value, state, choose }: ChooseVersionProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} className="input" value={value} onChange={(event) => choose(Number(event.target.value))}>
        {Array.from({ length: newest }, (_none, index) => newest - index).map((version) => (
          <option key={version} value={version}>Version {version}{version === newest ? " (now)" : ""}</option>
        ))}
      </select>
      <p className="faint row tight">
        {state && !(state instanceof Error) && <><Avatar person={state.updatedBy ?? null} size="small" /> {state.updatedBy?.name ?? "Somebody"}, {momentOf(new Date(state.updatedAt))}</>}
      </p>
    </div>
  );
}

function Differences({ earlier, later }: { readonly earlier: Version | undefined; readonly later: Version | undefined }) {
  const people = new Map(useMembers().map(({ id, name }) => [id, name]));
  if (!earlier || !later) return <div aria-busy="true" />;
  const [from, to] = [earlier.document, later.document] as readonly Record<string, unknown>[];
  const differing = Object.keys({ ...from, ...to }).filter((field) => JSON.stringify(from?.[field] ?? null) !== JSON.stringify(to?.[field] ?? null));
  if (differing.length === 0) return <Notice title="Nothing differs">These two versions have the same values.</Notice>;
  return (
    <table className="history-table">
      <thead><tr><th scope="col">Field</th><th scope="col">Version {earlier.version}</th><th scope="col">Version {later.version}</th></tr></thead>
      <tbody>
        {differing.map((field) => (
          <tr key={field}>
            <th scope="row">{fieldName(field)}</th>
            <DifferingValues before={valueText(field, from?.[field], people)} after={valueText(field, to?.[field], people)} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Two values in their cells, of which only the words that differ are marked. */
function DifferingValues({ before, after }: { readonly before: string; readonly after: string }) {
  const { start, removed, added, end } = differingParts(before, after);
  return (
    <>
      <td>{start}{removed && <del>{removed}</del>}{end}</td>
      <td>{start}{added && <ins>{added}</ins>}{end}</td>
    </>
  );
}
