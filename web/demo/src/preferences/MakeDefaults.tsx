import { useState } from "react";
import type { ChannelPreferenceInput } from "../documents/documents.js";
import { Dialog } from "../ui/Dialog.js";

/** Makes the channels of an admin the defaults of the organization, once they confirmed that. */
export function MakeDefaults({ channels, make }: { readonly channels: readonly ChannelPreferenceInput[]; make(channels: readonly ChannelPreferenceInput[]): Promise<boolean> }) {
  const [asking, setAsking] = useState(false);
  const [made, setMade] = useState<string>();
  const close = () => setAsking(false);
  const confirm = () => {
    close();
    void make(channels).then((stored) => setMade(stored ? JSON.stringify(channels) : undefined));
  };
  return (
    <p className="preferences-admin">
      <button type="button" className="button" aria-haspopup="dialog" onClick={() => setAsking(true)}>Make these the defaults</button>
      <span className="muted" role="status">{made === JSON.stringify(channels) ? "These are the defaults now." : "For everybody in the company who has not chosen"}</span>
      {asking && <Confirm onClose={close} confirm={confirm} />}
    </p>
  );
}

function Confirm({ confirm, onClose }: { confirm(): void; onClose(): void }) {
  return (
    <Dialog title="Make these the defaults for everybody?" onClose={onClose}>
      <div className="dialog-form">
        <p>From now on these channels hold for everybody in the company who has not chosen their own, also for people who join later. What people chose stays.</p>
        <p>They replace the present defaults of all kinds of notifications. This can’t be undone.</p>
      </div>
      <div className="dialog-foot">
        <button type="button" className="button" onClick={onClose}>Cancel</button>
        <button type="button" className="button primary" onClick={confirm}>Change the defaults</button>
      </div>
    </Dialog>
  );
}
