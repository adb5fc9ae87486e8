package collab_test

import (
	"testing"

	"tandem/internal/collab"
)

// Each kind has a title for one change and for several. All of them are listed here, to be read as a person reads them.
func TestDiscreetTitles(t *testing.T) {
	t.Parallel()
	titles := map[collab.NotificationKind][2]string{
		collab.NotifyMention:          {"Somebody mentioned you", "You were mentioned twice"},
		collab.NotifyComment:          {"Somebody commented", "There were 2 comments"},
		collab.NotifyAssignment:       {"Something was assigned to you", "You got 2 assignments"},
		collab.NotifyConflict:         {"A change conflicts with another one", "2 changes conflict with other changes"},
		collab.NotifyConflictResolved: {"A conflict was resolved", "2 conflicts were resolved"},
		collab.NotifyEntityDeleted:    {"A record was deleted", "A record was deleted twice"},
		collab.NotifyAccessChanged:    {"Your access changed", "There were 2 changes to your access"},
		collab.NotifyWatched:          {"Something you watch changed", "There were 2 changes to what you watch"},
	}
	for _, kind := range collab.NotificationKinds {
		deeply(t, string(kind), [2]string{kind.Discreet(1), kind.Discreet(2)}, titles[kind])
	}
}
