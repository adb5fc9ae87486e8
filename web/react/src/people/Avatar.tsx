import type { Person } from "@tandem/client";
import { initials, personColor } from "./person.js";

/** The props of {@link Avatar}. */
export interface AvatarProps {
  /** Null stands for a person of whom nothing is kept. */
  readonly person: Person | null;
  /** Shown by the shape of a mark, too, not by its color alone. */
  readonly status?: "online" | "away" | "busy" | undefined;
  readonly size?: "small" | "medium" | undefined;
}

/**
 * Shows a person by their picture or initials, in their color. It is only an ornament for screen readers: put the name beside it,
 * or into the label of what contains it.
 *
 * @example
 * ```tsx
 * <Avatar person={viewer.user} /> {viewer.user.name}
 * ```
 */
export function Avatar({ person, status, size = "medium" }: AvatarProps) {
  return (
    <span
      data-tandem="avatar"
      data-tandem-color={person ? personColor(person.id) : undefined}
      data-size={size}
      data-status={status}
      aria-hidden="true"
    >
      {person?.avatar ? (
        <img src={person.avatar} alt="" referrerPolicy="no-referrer" />
      ) : (
        <span data-tandem="initials">{initials(person?.name ?? "")}</span>
      )}
    </span>
  );
}
