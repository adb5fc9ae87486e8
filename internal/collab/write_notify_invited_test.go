package collab_test

import (
	"testing"
	"time"

	"tandem/internal/collab"
)

// An invitation gives no access, so an attendee of a restricted meeting is notified once they have a grant, and then of both. Neither the
// invitation nor the opening of the meeting to everybody notifies them.
func TestInvitationsToARestrictedMeeting(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben, cem := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember), o.join("cem", collab.RoleMember)
	saved, err := o.Create(o.ctx, ada, collab.Create{Type: collab.TypeMeeting, Document: collab.Patch{
		"title": "Board", "visibility": "RESTRICTED", "startsAt": o.clock().Format(time.RFC3339), "endsAt": o.clock().Add(time.Hour).Format(time.RFC3339),
		"attendeeIds": []any{"ben", "cem"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	meeting := saved.Entity.Common().ID
	deeply(t, "ben, invited", o.inbox(ben), []string{})
	if _, err := o.GrantAccess(o.ctx, ada, meeting, "ben", collab.AccessRead); err != nil {
		t.Fatal(err)
	}
	ben = o.join("ben", collab.RoleMember)
	deeply(t, "ben, with a grant", o.inbox(ben), []string{"1 ACCESS_CHANGED: ada gave you read access to a meeting you are invited to"})
	equal(t, "body", o.notifications(ben)[0].Body, "Board")

	patch := collab.Patch{"visibility": "ORGANIZATION"}
	if _, err := o.Update(o.ctx, ada, collab.Update{Type: collab.TypeMeeting, ID: meeting, BaseVersion: 1, Patch: patch}); err != nil {
		t.Fatal(err)
	}
	deeply(t, "cem, when everybody sees it", o.inbox(cem), []string{})
	patch = collab.Patch{"attendeeIds": []any{"ben"}}
	if _, err := o.Update(o.ctx, ada, collab.Update{Type: collab.TypeMeeting, ID: meeting, BaseVersion: 2, Patch: patch}); err != nil {
		t.Fatal(err)
	}
	patch = collab.Patch{"attendeeIds": []any{"ben", "cem"}}
	if _, err := o.Update(o.ctx, ada, collab.Update{Type: collab.TypeMeeting, ID: meeting, BaseVersion: 3, Patch: patch}); err != nil {
		t.Fatal(err)
	}
	deeply(t, "cem, invited again", o.inbox(o.join("cem", collab.RoleMember)), []string{"1 ASSIGNMENT: ada invited you to a meeting"})
}
