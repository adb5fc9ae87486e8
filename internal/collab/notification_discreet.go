package collab

import "fmt"

// Discreet returns a title for a number of changes that names no entity, person or value, so that a locked screen may show it.
func (k NotificationKind) Discreet(count int) string {
	one, several := k.discreet()
	if count > 1 {
		return fmt.Sprintf(several, count)
	}
	return one
}

// discreet returns the title of one change, and the format of that of several.
func (k NotificationKind) discreet() (one, several string) {
	switch k {
	case NotifyMention:
		return "Somebody mentioned you", "You have %d new mentions"
	case NotifyComment:
		return "There is a new comment", "There are %d new comments"
	case NotifyAssignment:
		return "Something was assigned to you", "You have %d new assignments"
	case NotifyConflict:
		return "A change conflicts with another one", "%d changes conflict with other changes"
	case NotifyConflictResolved:
		return "A conflict was resolved", "%d conflicts were resolved"
	case NotifyEntityDeleted:
		return "Something of yours was deleted", "Something of yours was deleted %d times"
	case NotifyAccessChanged:
		return "Your access changed", "There were %d changes to your access"
	}
	return "Something you watch changed", "There were %d changes to what you watch"
}
