import { AtSign, MessageSquare, TriangleAlert, UserRound, type LucideIcon } from "lucide-react";

const signs: Readonly<Record<string, LucideIcon>> = { mention: AtSign, comment: MessageSquare, conflict: TriangleAlert, assignment: UserRound };

/** The sign of a kind of notification, at the corner of the avatar. Kinds without one need no sign: the text says what happened. */
export function KindSign({ type }: { readonly type: string }) {
  const Icon = signs[type];
  return Icon ? <span className="kind-sign" data-kind={type}><Icon aria-hidden /></span> : null;
}
