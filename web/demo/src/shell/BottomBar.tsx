import { Building2, Calendar, Handshake, Inbox, Search } from "lucide-react";
import { Link, useLocation } from "wouter";
import { Unread } from "./Sidebar.js";

const tabs = [
  { path: "/inbox", label: "Inbox", icon: Inbox },
  { path: "/customers", label: "Customers", icon: Building2 },
  { path: "/deals", label: "Deals", icon: Handshake },
  { path: "/meetings", label: "Agenda", icon: Calendar },
];

/** The navigation of narrow screens, where the thumbs are. */
export function BottomBar({ search }: { readonly search: () => void }) {
  const [path] = useLocation();
  return (
    <nav className="bottombar" aria-label="Main">
      {tabs.map(({ path: to, label, icon: Icon }) => (
        <Link key={to} href={to} aria-current={path === to || path.startsWith(`${to}/`) ? "page" : undefined}>
          <Icon aria-hidden /> {label}
          {to === "/inbox" && <Unread />}
        </Link>
      ))}
      <button type="button" onClick={search}>
        <Search aria-hidden /> Search
      </button>
    </nav>
  );
}
