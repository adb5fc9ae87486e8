import { BellOff, BellRing, ChevronLeft, Mail } from "lucide-react";
import { english } from "@tandem/react";
import { Link } from "wouter";
import type { PreferencesFragment } from "../documents/documents.js";
import { momentOf } from "../format/time.js";
import { pathOf } from "../live/entities.js";
import { useAway } from "../live/useAway.js";
import { useRole } from "../live/useRole.js";
import { TopBar } from "../shell/TopBar.js";
import { NotHere } from "../ui/NotHere.js";
import { PushHere, usePushOffer, type PushOffer } from "../push/PushButton.js";
import { ChannelTable } from "./ChannelTable.js";
import { Defaults } from "./Defaults.js";
import { PreferencesSkeleton } from "./PreferencesSkeleton.js";
import { ProblemAt } from "./problems.js";
import { PushContentField, PushContentNote } from "./PushContentField.js";
import { QuietHoursFields } from "./QuietHoursFields.js";
import { usePreferences, type LivePreferences } from "./usePreferences.js";
import { TimeZoneField } from "./TimeZoneField.js";
import { DigestField, digestId } from "./WhenFields.js";
import "../styles/preferences.css";

/** How the person is notified: channels, quiet hours, digest, and what they muted. */
export default function Preferences() {
  const preferences = usePreferences();
  const { now } = preferences;
  const away = useAway();
  return (
    <>
      <TopBar title="Notification preferences" isLive={false}>
        <Link href="/inbox" className="button"><ChevronLeft aria-hidden /> Inbox</Link>
      </TopBar>
      {now ? (
        <div className="scroll preferences">
          <Sections preferences={preferences} now={now} />
        </div>
      ) : away ? <NotHere what="Preferences" /> : <PreferencesSkeleton />}
    </>
  );
}

interface SectionsProps {
  readonly preferences: LivePreferences;
  readonly now: PreferencesFragment;
}

function Sections({ preferences: { defaults, problem, changed, save, setChannel, setDefaults, setPushContent, unmute }, now }: SectionsProps) {
  const isAdmin = useRole() === "admin";
  const offer = usePushOffer();
  return (
    <>
      <section aria-label="Channels">
        <ChannelTable preferences={now} problem={problem} save={save} setChannel={setChannel} />
        <MailNote now={now} save={save} />
        <PushNote now={now} offer={offer} />
      </section>
      <section aria-labelledby="preferences-device">
        <h2 id="preferences-device">This device</h2>
        <PushHere offer={offer} />
        <PushContentNote pushContent={now.pushContent} />
      </section>
      <section aria-labelledby="preferences-when">
        <h2 id="preferences-when">When</h2>
        <p className="muted">Push and e-mail wait for the end of your quiet hours. The inbox does not.</p>
        <QuietHoursFields preferences={now} problem={problem} save={save} />
        <div className="preferences-fields">
          <TimeZoneField preferences={now} problem={problem} save={save} />
          <DigestField preferences={now} problem={problem} save={save} />
        </div>
      </section>
      <section aria-labelledby="preferences-muted">
        <h2 id="preferences-muted">Muted</h2>
        <p className="muted">Mentions of you and assignments to you still reach your inbox.</p>
        <ProblemAt place="muted" problem={problem} />
        <Muted mutes={now.mutes} unmute={unmute} />
      </section>
      {isAdmin && (
        <Defaults defaults={defaults} own={now.channels} problem={problem} changed={changed} make={setDefaults}>
          <PushContentField pushContent={now.pushContent} problem={problem} changed={changed} save={setPushContent} />
        </Defaults>
      )}
    </>
  );
}

/** Why no e-mail comes, if it can't or if no digest is chosen, and what the person can do about it. */
function MailNote({ now: { availableChannels, refusedEmail, channels, digest }, save }: Pick<SectionsProps, "now"> & Pick<LivePreferences, "save">) {
  const isOff = !refusedEmail && !availableChannels.includes("EMAIL");
  const isChosen = channels.some((each) => each.channels.includes("EMAIL"));
  if (isOff) return <p className="muted">E-mail is off: this server has no <code>SMTP_URL</code>.</p>; // each person of the demo has an address
  return (
    <div role="status">
      {refusedEmail ? (
        <p className="channel-note">
          <Mail aria-hidden /> The mail server does not know {refusedEmail}, so nothing is sent there any more.
          <button type="button" className="button push" onClick={() => save({ digest })}>Try again</button>
        </p>
      ) : isChosen && digest === "NONE" && (
        <p className="channel-note">
          <Mail aria-hidden /> You get no e-mail while the digest is “Never”.
          <button type="button" className="button push" onClick={() => document.getElementById(digestId)?.focus()}>Choose a digest</button>
        </p>
      )}
    </div>
  );
}

/** Why no push comes to this device, if one is chosen, and the button that turns it on. */
function PushNote({ now: { availableChannels, channels }, offer }: Pick<SectionsProps, "now"> & { readonly offer: PushOffer }) {
  const { status, waits, change } = offer;
  const isChosen = availableChannels.includes("PUSH") && channels.some((each) => each.channels.includes("PUSH"));
  return (
    <div role="status">
      {isChosen && status !== "on" && (
        <p className="channel-note">
          <BellRing aria-hidden /> Push reaches only the devices on which you turned it on. On this one it is off.
          {status === "off" && <button type="button" className="button push" aria-disabled={waits} onClick={change}>{waits ? english.pushWaits() : "Turn it on"}</button>}
        </p>
      )}
    </div>
  );
}

function Muted({ mutes, unmute }: Pick<PreferencesFragment, "mutes"> & Pick<LivePreferences, "unmute">) {
  if (mutes.length === 0) return <p className="muted">You have muted nothing.</p>;
  return (
    <ul className="muted-list">
      {mutes.map(({ entity: { __typename, id, displayName }, until }) => (
        <li key={id} className="row">
          <BellOff aria-hidden />
          <Link href={pathOf(__typename, id)} className="clip">{displayName}</Link>
          <span className="muted-until">{until ? <>until <time dateTime={until}>{momentOf(new Date(until))}</time></> : "until you unmute it"}</span>
          <button type="button" className="button push" aria-label={`Unmute ${displayName}`} onClick={() => unmute(id)}>Unmute</button>
        </li>
      ))}
    </ul>
  );
}
