import { Search } from "lucide-react";
import { useLiveList, useNotifications, useRealtime } from "@tandem/react";
import type { EntityTypeName } from "@tandem/client";
import { Link, useLocation } from "wouter";
import { Keys } from "../keys/Keys.js";
import { HereNow } from "./HereNow.js";
import { Me } from "./Me.js";
import { Logo } from "./Logo.js";
import { isAt, places, type Place } from "./places.js";

/** The navigation beside the page: where to go, who is here, and who oneself is. */
export function Sidebar({ search }: { readonly search: () => void }) {
  const { isConnected } = useRealtime();
  return (
    <nav className="sidebar" aria-label="Main" data-stale={!isConnected || undefined} title={isConnected ? undefined : "As it was when the connection was lost"}>
      <div className="organization">
        <Logo /> Brightwater
      </div>
      <button type="button" className="find" onClick={search}>
        <Search /> Search or jump to <Keys keys="mod+k" />
      </button>
      {places.map((place) => (
        <PlaceLink key={place.path} place={place} />
      ))}
      <HereNow />
      <div className="sidebar-foot">
        <Me />
      </div>
    </nav>
  );
}

function PlaceLink({ place }: { readonly place: Place }) {
  const [path] = useLocation();
  const Icon = place.icon;
  return (
    <Link href={place.path} className="nav" aria-current={isAt(place, path) ? "page" : undefined}>
      <Icon aria-hidden /> {place.label}
      {place.counts ? <Total type={place.counts} /> : place.path === "/inbox" && <Unread />}
    </Link>
  );
}

/** The number of entities that the person may see, as it is now. */
function Total({ type }: { readonly type: EntityTypeName }) {
  const { totalCount } = useLiveList({ type, pageSize: 1 });
  return totalCount === undefined ? null : <span className="total">{totalCount.toLocaleString("en")}</span>;
}

/** The number of unread notifications, if there are any. */
export function Unread() {
  const { unread } = useNotifications();
  return unread === 0 ? null : (
    <span className="badge">
      {unread > 99 ? "99+" : unread}
      <span className="visually-hidden"> unread</span>
    </span>
  );
}
