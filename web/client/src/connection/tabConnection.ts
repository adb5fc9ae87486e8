import { PositionDocument, ViewerDocument } from "../graphql/documents.js";
import type { TandemOptions } from "../tandem.js";
import type { ReadableState } from "../state.js";
import type { Audience } from "./connection.js";
import { ConnectionLink } from "./connectionLink.js";
import { Credentials } from "./credentials.js";
import { Followers } from "./followers.js";
import { Http } from "./http.js";
import { request, type SessionEvent } from "./link.js";
import type { Event } from "./machine.js";
import { pageStatus } from "./pageStatus.js";
import { isOnline, platformOf, recallTransport, rememberTransport } from "./platform.js";
import type { End } from "./policy.js";
import type { Transport } from "./status.js";
import { Supervisor } from "./supervisor.js";
import { tabBrowser } from "./tabs/browser.js";
import { SharedConnection } from "./tabs/sharedConnection.js";

/** How long a tab asks for its person before it connects by itself. */
const IDENTIFY_MS = 8_000;

/** The connection of a tab as the client uses it. */
export interface TabConnection {
  readonly link: ConnectionLink;
  readonly leading: ReadableState<boolean>;
  send(event: Event): void;
  end(): void;
}

/** Makes the connection of a tab, shared with the other tabs of its person where that is possible, and the link over it. */
export function tabConnection(options: TandemOptions, url: string): TabConnection {
  const given = platformOf(options);
  const platform = { ...given, hidden: () => given.hidden() && !shared?.isWatched() };
  const credentials = new Credentials(options.token, options.renewSession);
  const http = new Http(url, credentials, platform);
  const followers = new Followers(async () => (await request(http, PositionDocument, {})).customers.asOf);
  const own = (audience: Audience, onSession: (event: SessionEvent) => void) => new Supervisor({
    url, platform, credentials, http, onSession,
    followers: audience,
    transports: usable(options.transports ?? ["ws", "sse", "poll"], platform.WebSocket),
    first: recallTransport(url),
    online: isOnline,
    onConnected: (transport) => rememberTransport(url, transport),
    onUnauthorized: () => options.onUnauthorized?.(),
    onDefect: (end: End) => options.onDefect?.({ code: end.code, reason: end.reason ?? "" }),
  });
  const identify = async () => {
    const { viewer } = await request(http, ViewerDocument, {}, { signal: AbortSignal.timeout(IDENTIFY_MS) });
    return `tandem:${url}:${viewer.organization.id}:${viewer.user.id}`;
  };
  const announce = (event: SessionEvent) => link.announce(event);
  const browser = options.share === false ? undefined : tabBrowser();
  const shared: SharedConnection | undefined = browser && new SharedConnection({ browser, identify, followers, connection: own, onSession: announce });
  const connection = shared ?? own(followers, announce);
  const [status, endStatus] = pageStatus(connection.status, given);
  const link = new ConnectionLink(http, followers, status, (event) => connection.send(event));
  const end = () => {
    connection.dispose();
    endStatus();
  };
  return { link, leading: connection.leading, send: (event) => connection.send(event), end };
}

function usable(transports: readonly Transport[], Socket: unknown): readonly Transport[] {
  return Socket ? transports : transports.filter((each) => each !== "ws");
}
