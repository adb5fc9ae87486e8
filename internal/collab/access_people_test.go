package collab_test

import (
	"log/slog"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/memory"
)

func TestComment(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben, cem := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember), o.join("cem", collab.RoleViewer)
	c := o.customer(ada, collab.Patch{"name": "Acme"})
	add := collab.AddComment{EntityID: c.ID, Body: "Look, @cem", MentionIDs: []collab.ID{"cem"}, ClientMutationID: id("k")}
	first, err := o.AddComment(o.ctx, ben, add)
	if err != nil {
		t.Fatal(err)
	}
	again, err := o.AddComment(o.ctx, ben, add)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "comment", again.Comment.ID, first.Comment.ID)
	equal(t, "cem is told", o.told(cem)[0], collab.NotifyMention)
	equal(t, "ada is told", o.told(ada)[0], collab.NotifyComment)
	equal(t, "ben is told", len(o.told(ben)), 0)

	if _, err := o.Delete(o.ctx, ada, collab.Delete{ID: c.ID, BaseVersion: 1}); err != nil {
		t.Fatal(err)
	}
	again, err = o.AddComment(o.ctx, ben, add)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "comment of what was deleted", again.Comment.ID, first.Comment.ID)
	if _, err := o.Restore(o.ctx, ada, collab.Restore{ID: c.ID}); err != nil {
		t.Fatal(err)
	}

	add.ClientMutationID, add.MentionIDs = nil, []collab.ID{"nobody"}
	_, err = o.AddComment(o.ctx, ben, add)
	equal(t, "field", problem[*collab.InvalidInput](t, err).Fields[0].Field, "mentionIds")
	_, err = o.AddComment(o.ctx, ben, collab.AddComment{EntityID: c.ID, Body: " \n"})
	equal(t, "field", problem[*collab.InvalidInput](t, err).Fields[0].Field, "body")
}

func TestRecordViewOnceInFiveMinutes(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	c := o.customer(ada, collab.Patch{"name": "Acme"})
	view := func(v *collab.Viewer) bool {
		recorded, err := o.RecordView(o.ctx, v, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		return recorded
	}
	equal(t, "first", view(ada), true)
	equal(t, "again", view(ada), false)
	equal(t, "somebody else", view(ben), true)
	o.later(5*time.Minute + time.Second)
	equal(t, "later", view(ada), true)
}

func TestMembersTableDecidesRole(t *testing.T) {
	t.Parallel()
	o := open(t)
	equal(t, "first", o.join("ada", collab.RoleViewer).Role, collab.RoleViewer)
	equal(t, "a token that says more", o.join("ada", collab.RoleAdmin).Role, collab.RoleViewer)
	renamed, err := o.Admit(o.ctx, collab.Claims{UserID: "ada", OrganizationID: "acme", Name: "Ada L.", Email: "ada@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "name", renamed.User.Name, "Ada L.")
	equal(t, "e-mail", *renamed.User.Email, "ada@example.com")
	nameless, err := o.Admit(o.ctx, collab.Claims{UserID: "ada", OrganizationID: "acme"})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "name", nameless.User.Name, "Ada L.")
}

// A viewer is read at most once a second; an announced change of a member applies at once.
func TestMembersAreRemembered(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.join("ada", collab.RoleMember)
	other := collab.NewService(o.store, memory.NewBus(), nil, slog.New(slog.DiscardHandler), o.clock)
	issued := o.clock()
	admit := func(s *collab.Service, name string) string {
		issued = issued.Add(time.Second)
		v, err := s.Admit(o.ctx, collab.Claims{UserID: "ada", OrganizationID: "acme", Name: name, IssuedAt: collab.At(issued)})
		if err != nil {
			t.Fatal(err)
		}
		return v.User.Name
	}
	equal(t, "name", admit(other, ""), "ada")
	equal(t, "a new name", admit(o.Service, "Ada L."), "Ada L.")
	equal(t, "elsewhere, unheard", admit(other, ""), "ada")
	o.later(time.Second)
	equal(t, "elsewhere, a second later", admit(other, ""), "Ada L.")
	equal(t, "another name", admit(o.Service, "Ada Lovelace"), "Ada Lovelace")
	other.InvalidateCaches(&collab.Change{OrgID: "acme", Type: collab.ChangeMember, ActorID: "ada"})
	equal(t, "elsewhere, heard", admit(other, ""), "Ada Lovelace")
}

func TestReferencesMustExist(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada := o.join("ada", collab.RoleMember)
	for field, document := range map[string]collab.Patch{
		"ownerId":     {"title": "M", "startsAt": "2026-05-04T10:00:00Z", "endsAt": "2026-05-04T11:00:00Z", "ownerId": "nobody"},
		"customerId":  {"title": "M", "startsAt": "2026-05-04T10:00:00Z", "endsAt": "2026-05-04T11:00:00Z", "customerId": "cus_none"},
		"attendeeIds": {"title": "M", "startsAt": "2026-05-04T10:00:00Z", "endsAt": "2026-05-04T11:00:00Z", "attendeeIds": []string{"ada", "nobody"}},
		"endsAt":      {"title": "M", "startsAt": "2026-05-04T10:00:00Z", "endsAt": "2026-05-04T09:00:00Z"},
	} {
		_, err := o.Create(o.ctx, ada, collab.Create{Type: collab.TypeMeeting, Document: document})
		equal(t, field, problem[*collab.InvalidInput](t, err).Fields[0].Field, field)
	}
}

func TestChangesOfFeeds(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada := o.join("ada", collab.RoleMember)
	a, b := o.customer(ada, collab.Patch{"name": "A"}), o.customer(ada, collab.Patch{"name": "B"})
	call, err := o.Create(o.ctx, ada, collab.Create{Type: collab.TypeCall, Document: collab.Patch{
		"subject": "Call", "direction": "INBOUND", "customerId": a.ID,
	}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.Update(o.ctx, ada, collab.Update{
		Type: collab.TypeCall, ID: call.Entity.Common().ID, BaseVersion: 1, Patch: collab.Patch{"customerId": b.ID},
	})
	if err != nil {
		t.Fatal(err)
	}
	for customer, want := range map[*collab.Customer]int{a: 3, b: 2} { // leaving A is in both feeds
		feed := collab.ActivityFeed{Type: collab.FeedCustomer, EntityID: customer.ID}
		page, err := o.Activity(o.ctx, ada.Scope(), collab.ActivityQuery{Feed: feed}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "events of "+customer.Name, len(page.Items), want)
	}
}
