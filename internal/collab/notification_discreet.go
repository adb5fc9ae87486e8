package collab

import "tandem/internal/english"

// Discreet returns a title for a number of changes that names no entity, person or value, so that a locked screen may show it.
// It may be shown long after the changes, at the end of a snooze.
func (k NotificationKind) Discreet(count int) string {
	one, several := k.discreet(count)
	if count > 1 {
		return several
	}
	return one
}

// discreet returns the title of one change, and that of several.
func (k NotificationKind) discreet(count int) (one, several string) {
	switch k {
	case NotifyMention:
		return "Somebody mentioned you", "You were mentioned " + english.Times(count)
	case NotifyComment:
		return "Somebody commented", "There were " + english.Counted(count, "comment")
	case NotifyAssignment:
		return "Something was assigned to you", "You got " + english.Counted(count, "assignment")
	case NotifyConflict:
		return "A change conflicts with another one", english.Counted(count, "change") + " conflict with other changes"
	case NotifyConflictResolved:
		return "A conflict was resolved", english.Counted(count, "conflict") + " were resolved"
	case NotifyEntityDeleted:
		return "A record was deleted", "A record was deleted " + english.Times(count)
	case NotifyAccessChanged:
		return "Your access changed", "There were " + english.Counted(count, "change") + " to your access"
	}
	return "Something you watch changed", "There were " + english.Counted(count, "change") + " to what you watch"
}
