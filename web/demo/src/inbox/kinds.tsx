import { AtSign, CircleCheck, Eye, KeyRound, MessageSquare, Trash2, TriangleAlert, UserRound, type LucideIcon } from "lucide-react";

const signs: Readonly<Record<string, LucideIcon>> = {
  mention: AtSign, comment: MessageSquare, conflict: TriangleAlert, conflict_resolved: CircleCheck, assignment: UserRound,
  watched: Eye, entity_deleted: Trash2, access_changed: KeyRound,
};

/** The sign of a kind of notification, at the corner of the avatar. A kind of a newer server has none: the text says what happened. */
export function KindSign({ type }: { readonly type: string }) {
  const Icon = signs[type];
  return Icon ? <span className="kind-sign" data-kind={type}><Icon aria-hidden /></span> : null;
}
