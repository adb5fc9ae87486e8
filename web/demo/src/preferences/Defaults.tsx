import { ArrowRight, RotateCcw } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { ChannelPreferenceInput, DefaultFragment } from "../documents/documents.js";
import { Dialog } from "../ui/Dialog.js";
import { channelWords, kinds } from "./kinds.js";
import { ChangedAt, ProblemAt, type Place, type Problem } from "./problems.js";

interface DefaultsProps {
  readonly defaults: readonly DefaultFragment[];
  /** The channels of the admin. */
  readonly own: readonly Pick<DefaultFragment, "kind" | "channels">[];
  readonly problem: Problem | undefined;
  readonly changed: Place | undefined;
  make(channels: readonly ChannelPreferenceInput[]): void;
  /** Further defaults. */
  readonly children: ReactNode;
}

/**
 * The defaults of the organization, for admins. Once they have seen what that changes, they can make their own channels the defaults, or take back
 * what admins chose, so that the server's own hold.
 */
export function Defaults({ defaults, own, problem, changed, make, children }: DefaultsProps) {
  const [asking, setAsking] = useState<"make" | "reset">();
  const changes = changesOf(defaults, own);
  const chosen = defaults.filter(({ isChosen }) => isChosen);
  const close = () => setAsking(undefined);
  const confirm = (channels: readonly ChannelPreferenceInput[]) => {
    close();
    make(channels);
  };
  return (
    <section aria-labelledby="preferences-defaults">
      <h2 id="preferences-defaults">Defaults of the company</h2>
      <p className="muted">For everybody who has not chosen their own channels.</p>
      <dl className="defaults">
        {defaults.map((each) => <DefaultLine key={each.kind} {...each} />)}
      </dl>
      <div className="preferences-admin">
        <button type="button" className="button" aria-haspopup="dialog" onClick={() => setAsking("make")}>Make my channels the defaults</button>
        <button type="button" className="button" aria-haspopup="dialog" disabled={chosen.length === 0} onClick={() => setAsking("reset")}><RotateCcw aria-hidden /> Use the server’s own</button>
        <ChangedAt place="defaults" changed={changed}>The defaults are changed.</ChangedAt>
      </div>
      <ProblemAt place="defaults" problem={problem} />
      {children}
      {asking === "make" && <Confirm changes={changes} onClose={close} confirm={() => confirm(changes.map(({ kind, after }) => ({ kind, channels: [...after] })))} />}
      {asking === "reset" && <ConfirmReset chosen={chosen} onClose={close} confirm={() => confirm(chosen.map(({ kind }) => ({ kind, channels: null })))} />}
    </section>
  );
}

function DefaultLine({ kind, channels, isChosen }: DefaultFragment) {
  return <div><dt>{kinds[kind].label}</dt><dd>{channelWords(channels)}{isChosen && <span className="muted"> · chosen by an admin</span>}</dd></div>;
}

/** The channels of a kind before and after a change. */
interface Change {
  readonly kind: DefaultFragment["kind"];
  readonly before: DefaultFragment["channels"];
  readonly after: DefaultFragment["channels"];
}

function changesOf(defaults: readonly DefaultFragment[], own: DefaultsProps["own"]): readonly Change[] {
  const wanted = new Map(own.map(({ kind, channels }) => [kind, channels]));
  return defaults.map(({ kind, channels }) => ({ kind, before: channels, after: wanted.get(kind) ?? channels })).filter(({ before, after }) => channelWords(before) !== channelWords(after));
}

interface ConfirmProps {
  readonly changes: readonly Change[];
  confirm(): void;
  onClose(): void;
}

function Confirm({ changes, confirm, onClose }: ConfirmProps) {
  if (changes.length === 0)
    return (
      <Dialog title="Your channels are the defaults already" onClose={onClose}>
        <div className="dialog-form"><p>Choose other channels above first, for yourself. Then make them the defaults.</p></div>
        <div className="dialog-foot"><button type="button" className="button" onClick={onClose}>OK</button></div>
      </Dialog>
    );
  const mails = changes.some(({ before, after }) => after.includes("EMAIL") && !before.includes("EMAIL"));
  return (
    <Dialog title="Make these the defaults for everybody?" onClose={onClose}>
      <div className="dialog-form">
        <p>They hold for everybody in the company who has not chosen their own, also for people who join later. What people chose stays.</p>
        <ChangeLines changes={changes} />
        {mails && <p>People whose digest is “Never”, as it is at first, get no e-mail until they choose another one.</p>}
      </div>
      <div className="dialog-foot">
        <button type="button" className="button" onClick={onClose}>Cancel</button>
        <button type="button" className="button primary" onClick={confirm}>Change the defaults</button>
      </div>
    </Dialog>
  );
}

interface ConfirmResetProps extends Pick<ConfirmProps, "confirm" | "onClose"> {
  readonly chosen: readonly DefaultFragment[];
}

function ConfirmReset({ chosen, confirm, onClose }: ConfirmResetProps) {
  return (
    <Dialog title="Use the server’s own defaults again?" onClose={onClose}>
      <div className="dialog-form">
        <p>The server has defaults for all companies. They replace what admins chose here, for everybody who has not chosen their own.</p>
        <ChangeLines changes={chosen.map(({ kind, channels, serverChannels }) => ({ kind, before: channels, after: serverChannels }))} />
      </div>
      <div className="dialog-foot">
        <button type="button" className="button" onClick={onClose}>Cancel</button>
        <button type="button" className="button primary" onClick={confirm}>Use the server’s own</button>
      </div>
    </Dialog>
  );
}

function ChangeLines({ changes }: Pick<ConfirmProps, "changes">) {
  return <dl className="defaults" aria-label="Changes">{changes.map((change) => <ChangeLine key={change.kind} {...change} />)}</dl>;
}

function ChangeLine({ kind, before, after }: Change) {
  const [old, next] = [channelWords(before), channelWords(after)];
  return (
    <div>
      <dt>{kinds[kind].label}</dt>
      <dd>{old === next ? `${old}, as now` : <><span className="muted">{old}</span> <ArrowRight role="img" aria-label="becomes" /> {next}</>}</dd>
    </div>
  );
}
