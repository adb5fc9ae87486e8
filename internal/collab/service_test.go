package collab_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/memory"
	"tandem/internal/sqlite"
)

// An office is a service over a real store, with a clock that the test moves.
type office struct {
	*collab.Service
	t     *testing.T
	ctx   context.Context
	store collab.Store

	mu  sync.Mutex
	now time.Time
}

func open(t *testing.T) *office {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "tandem.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	o := &office{t: t, ctx: t.Context(), store: store, now: time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)}
	o.Service = collab.NewService(store, memory.NewBus(), slog.New(slog.DiscardHandler), o.clock)
	return o
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

func (o *office) later(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

func (o *office) join(name string, role collab.Role) *collab.Viewer {
	o.t.Helper()
	v, err := o.Admit(o.ctx, collab.Claims{UserID: collab.ID(name), OrganizationID: "acme", Role: role, Name: name})
	if err != nil {
		o.t.Fatal(err)
	}
	return v
}

func (o *office) customer(v *collab.Viewer, document collab.Patch) *collab.Customer {
	o.t.Helper()
	saved, err := o.Create(o.ctx, v, collab.Create{Type: collab.TypeCustomer, Document: document})
	if err != nil {
		o.t.Fatal(err)
	}
	return saved.Entity.(*collab.Customer)
}

func (o *office) update(v *collab.Viewer, c *collab.Customer, base int, patch collab.Patch) (*collab.Saved, error) {
	return o.Update(o.ctx, v, collab.Update{Type: collab.TypeCustomer, ID: c.ID, BaseVersion: base, Patch: patch})
}

func (o *office) mustUpdate(v *collab.Viewer, c *collab.Customer, base int, patch collab.Patch) *collab.Saved {
	o.t.Helper()
	saved, err := o.update(v, c, base, patch)
	if err != nil {
		o.t.Fatal(err)
	}
	return saved
}

// conflict makes two people change the name from the same base, and returns the second one's conflict.
func (o *office) conflict(first, second *collab.Viewer, c *collab.Customer, patch collab.Patch) *collab.Conflict {
	o.t.Helper()
	o.mustUpdate(first, c, c.Version, collab.Patch{"name": "Remote"})
	_, err := o.update(second, c, c.Version, patch)
	return problem[*collab.Conflict](o.t, err)
}

func (o *office) head() int64 {
	o.t.Helper()
	head, err := o.Head(o.ctx, collab.Scope{OrgID: "acme"})
	if err != nil {
		o.t.Fatal(err)
	}
	return head.Position
}

func (o *office) told(v *collab.Viewer) []collab.NotificationKind {
	o.t.Helper()
	page, err := o.Notifications(o.ctx, v, false, nil, nil)
	if err != nil {
		o.t.Fatal(err)
	}
	kinds := []collab.NotificationKind{}
	for _, n := range page.Items {
		kinds = append(kinds, n.Kind)
	}
	return kinds
}

func problem[P error](t *testing.T, err error) P {
	t.Helper()
	p, ok := errors.AsType[P](err)
	if !ok {
		t.Fatalf("got %v, want a %T", err, p)
	}
	return p
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func id(s string) *collab.ID { return new(collab.ID(s)) }

func TestUpdate(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)

	t.Run("applies a patch as the next version", func(t *testing.T) {
		c := o.customer(ada, collab.Patch{"name": "Acme", "notes": "old"})
		saved := o.mustUpdate(ben, c, 1, collab.Patch{"notes": nil, "company": "Acme Ltd"})
		got := saved.Entity.(*collab.Customer)
		equal(t, "version", got.Version, 2)
		equal(t, "name", got.Name, "Acme")
		equal(t, "notes", got.Notes, nil)
		equal(t, "company", *got.Company, "Acme Ltd")
		equal(t, "updated by", got.UpdatedBy, "ben")
		equal(t, "merged", saved.Merged, false)
		equal(t, "cursor", saved.Cursor, got.Cursor)
	})
	t.Run("merges what only one side changed", func(t *testing.T) {
		c := o.customer(ada, collab.Patch{"name": "Acme"})
		o.mustUpdate(ada, c, 1, collab.Patch{"name": "Acme & Co"})
		saved := o.mustUpdate(ben, c, 1, collab.Patch{"phone": "1", "name": "Acme"})
		got := saved.Entity.(*collab.Customer)
		equal(t, "merged", saved.Merged, true)
		equal(t, "name", got.Name, "Acme & Co")
		equal(t, "phone", *got.Phone, "1")
		equal(t, "version", got.Version, 3)
	})
	t.Run("changes nothing when there is nothing to change", func(t *testing.T) {
		c := o.customer(ada, collab.Patch{"name": "Acme"})
		head := o.head()
		saved := o.mustUpdate(ben, c, 1, collab.Patch{"name": "Acme"})
		equal(t, "version", saved.Entity.Common().Version, 1)
		equal(t, "head", o.head(), head)
	})
	t.Run("refuses a version that is not there yet", func(t *testing.T) {
		c := o.customer(ada, collab.Patch{"name": "Acme"})
		_, err := o.update(ben, c, 2, collab.Patch{"name": "B"})
		equal(t, "field", problem[*collab.InvalidInput](t, err).Fields[0].Field, "baseVersion")
	})
	t.Run("answers what never was and what was deleted", func(t *testing.T) {
		_, err := o.update(ben, &collab.Customer{Record: collab.Record{ID: "cus_none"}}, 1, collab.Patch{"name": "B"})
		equal(t, "deleted at", problem[*collab.EntityGone](t, err).DeletedAt, nil)
		c := o.customer(ada, collab.Patch{"name": "Acme"})
		if _, err := o.Delete(o.ctx, ada, collab.Delete{ID: c.ID, BaseVersion: 1}); err != nil {
			t.Fatal(err)
		}
		_, err = o.update(ben, c, 1, collab.Patch{"name": "B"})
		equal(t, "deleted by", *problem[*collab.EntityGone](t, err).DeletedByID, "ada")
	})
	t.Run("keeps text as it came", func(t *testing.T) {
		c := o.customer(ada, collab.Patch{"name": "  Żółć <b>&amp; 🦄 "})
		equal(t, "name", c.Name, "  Żółć <b>&amp; 🦄 ")
	})
}

func TestAccess(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben, eve := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember), o.join("eve", collab.RoleViewer)
	c := o.customer(ada, collab.Patch{"name": "Acme"})

	_, err := o.update(eve, c, 1, collab.Patch{"name": "B"})
	problem[*collab.AccessDenied](t, err)
	_, err = o.AddComment(o.ctx, eve, collab.AddComment{EntityID: c.ID, Body: "hello"})
	problem[*collab.AccessDenied](t, err)
	_, err = o.Create(o.ctx, eve, collab.Create{Type: collab.TypeCustomer, Document: collab.Patch{"name": "B"}})
	problem[*collab.AccessDenied](t, err)

	_, err = o.update(ben, c, 1, collab.Patch{"ownerId": id("ben")})
	equal(t, "read-only", problem[*collab.AccessDenied](t, err).ReadOnlyFields[0], "ownerId")
	_, err = o.Delete(o.ctx, ben, collab.Delete{ID: c.ID, BaseVersion: 1})
	problem[*collab.AccessDenied](t, err)

	o.mustUpdate(ada, c, 1, collab.Patch{"ownerId": id("ben")})
	if _, err := o.Delete(o.ctx, ben, collab.Delete{ID: c.ID, BaseVersion: 2}); err != nil {
		t.Errorf("the owner may not delete: %v", err)
	}
}

func TestConflict(t *testing.T) {
	t.Parallel()

	t.Run("keeps the edit and tells both", func(t *testing.T) {
		t.Parallel()
		o := open(t)
		ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
		c := o.customer(ada, collab.Patch{"name": "Base"})
		conflict := o.conflict(ada, ben, c, collab.Patch{"name": "Local", "phone": "1"})
		f := conflict.Fields[0]
		equal(t, "field", f.Field, "name")
		equal(t, "base", string(f.Base), `"Base"`)
		equal(t, "local", string(f.Local), `"Local"`)
		equal(t, "remote", string(f.Remote), `"Remote"`)
		equal(t, "changed by", *f.RemoteChangedByID, "ada")
		equal(t, "fields in conflict", len(conflict.Fields), 1)
		equal(t, "ada is told", o.told(ada)[0], collab.NotifyConflict)
		equal(t, "ben is told", o.told(ben)[0], collab.NotifyConflict)
	})

	for _, tc := range []struct {
		resolution collab.Resolution
		merged     collab.Patch
		name       string
		version    int
	}{
		{collab.ResolveLocal, nil, "Local", 3},
		{collab.ResolveRemote, nil, "Remote", 3}, // the phone was in no conflict
		{collab.ResolveMerged, collab.Patch{"name": "Both"}, "Both", 3},
	} {
		t.Run("is resolved "+string(tc.resolution), func(t *testing.T) {
			t.Parallel()
			o := open(t)
			ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
			c := o.customer(ada, collab.Patch{"name": "Base"})
			conflict := o.conflict(ada, ben, c, collab.Patch{"name": "Local", "phone": "1"})
			resolve := collab.Resolve{
				Type: collab.TypeCustomer, ConflictID: conflict.ID, Resolution: tc.resolution,
				Merged: tc.merged, ClientMutationID: id("r1"),
			}
			for range 2 { // the second is a retry
				saved, err := o.Resolve(o.ctx, ben, resolve)
				if err != nil {
					t.Fatal(err)
				}
				got := saved.Entity.(*collab.Customer)
				equal(t, "name", got.Name, tc.name)
				equal(t, "phone", *got.Phone, "1")
				equal(t, "version", got.Version, tc.version)
			}
			open, err := o.Conflicts(o.ctx, ben.Scope(), collab.ConflictQuery{Open: new(true)}, collab.PageRequest{})
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "open", len(open.Items), 0)
			resolve.ClientMutationID = nil
			_, err = o.Resolve(o.ctx, ben, resolve)
			equal(t, "again", problem[*collab.InvalidInput](t, err).Fields[0].Field, "conflictId")
		})
	}

	t.Run("resolved with what was there makes no version", func(t *testing.T) {
		t.Parallel()
		o := open(t)
		ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
		c := o.customer(ada, collab.Patch{"name": "Base"})
		conflict := o.conflict(ada, ben, c, collab.Patch{"name": "Local"})
		for range 2 {
			saved, err := o.Resolve(o.ctx, ben, collab.Resolve{
				Type: collab.TypeCustomer, ConflictID: conflict.ID, Resolution: collab.ResolveRemote, ClientMutationID: id("r"),
			})
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "version", saved.Entity.Common().Version, 2)
		}
	})

	t.Run("moves on when its resolution meets a newer change", func(t *testing.T) {
		t.Parallel()
		o := open(t)
		ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
		c := o.customer(ada, collab.Patch{"name": "Base"})
		conflict := o.conflict(ada, ben, c, collab.Patch{"name": "Local"})
		o.mustUpdate(ada, c, 2, collab.Patch{"name": "Newer"})
		resolve := collab.Resolve{Type: collab.TypeCustomer, ConflictID: conflict.ID, Resolution: collab.ResolveLocal}
		_, err := o.Resolve(o.ctx, ben, resolve)
		newer := problem[*collab.Conflict](t, err)
		equal(t, "remote", string(newer.Fields[0].Remote), `"Newer"`)
		equal(t, "remote version", newer.RemoteVersion, 3)
		resolve.ConflictID = newer.ID
		saved, err := o.Resolve(o.ctx, ben, resolve)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "name", saved.Entity.DisplayName(), "Local")
	})

	t.Run("of a deletion is answered and not kept", func(t *testing.T) {
		t.Parallel()
		o := open(t)
		ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
		c := o.customer(ada, collab.Patch{"name": "Base"})
		o.mustUpdate(ben, c, 1, collab.Patch{"name": "Changed"})
		head := o.head()
		_, err := o.Delete(o.ctx, ada, collab.Delete{ID: c.ID, BaseVersion: 1})
		conflict := problem[*collab.Conflict](t, err)
		equal(t, "field", conflict.Fields[0].Field, "name")
		equal(t, "head", o.head(), head)
		deleted, err := o.Delete(o.ctx, ada, collab.Delete{ID: c.ID, BaseVersion: conflict.RemoteVersion})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "version", deleted.EntityVersion, 3)
	})
}

func TestRetryIsAnsweredAlike(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)

	create := collab.Create{Type: collab.TypeCustomer, ClientMutationID: id("c1"), Document: collab.Patch{"name": "Acme"}}
	first, err := o.Create(o.ctx, ada, create)
	if err != nil {
		t.Fatal(err)
	}
	again, err := o.Create(o.ctx, ada, create)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "id", again.Entity.Common().ID, first.Entity.Common().ID)
	equal(t, "cursor", again.Cursor, first.Cursor)
	other, err := o.Create(o.ctx, ben, create)
	if err != nil {
		t.Fatal(err)
	}
	if other.Entity.Common().ID == first.Entity.Common().ID {
		t.Error("another person's mutation of the same id was taken for the first")
	}

	c := first.Entity.(*collab.Customer)
	update := collab.Update{Type: collab.TypeCustomer, ID: c.ID, BaseVersion: 1, ClientMutationID: id("u1"), Patch: collab.Patch{"name": "B"}}
	applied, err := o.Update(o.ctx, ada, update)
	if err != nil {
		t.Fatal(err)
	}
	o.mustUpdate(ben, c, 2, collab.Patch{"name": "C"})
	repeated, err := o.Update(o.ctx, ada, update)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "name", repeated.Entity.DisplayName(), applied.Entity.DisplayName())
	equal(t, "version", repeated.Entity.Common().Version, 2)

	conflicting := collab.Update{Type: collab.TypeCustomer, ID: c.ID, BaseVersion: 2, ClientMutationID: id("u2"), Patch: collab.Patch{"name": "D"}}
	_, err = o.Update(o.ctx, ada, conflicting)
	met := problem[*collab.Conflict](t, err)
	_, err = o.Update(o.ctx, ada, conflicting)
	equal(t, "conflict", problem[*collab.Conflict](t, err).ID, met.ID)

	_, err = o.Delete(o.ctx, ada, collab.Delete{ID: c.ID, BaseVersion: 3, ClientMutationID: id("u1")})
	equal(t, "reused", problem[*collab.InvalidInput](t, err).Fields[0].Field, "clientMutationId")
}

func TestRestore(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada := o.join("ada", collab.RoleMember)
	c := o.customer(ada, collab.Patch{"name": "Acme", "tags": []string{"a"}})
	if _, err := o.Delete(o.ctx, ada, collab.Delete{ID: c.ID, BaseVersion: 1}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		saved, err := o.Restore(o.ctx, ada, collab.Restore{ID: c.ID})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "version", saved.Entity.Common().Version, 3)
		equal(t, "deleted at", saved.Entity.Common().DeletedAt, nil)
	}
}

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

func TestMembersDecideAfterFirstSight(t *testing.T) {
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

// Who asks is read at most once a second; a change of a member that is heard of counts at once.
func TestMembersAreRemembered(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.join("ada", collab.RoleMember)
	other := collab.NewService(o.store, memory.NewBus(), slog.New(slog.DiscardHandler), o.clock)
	admit := func(s *collab.Service, name string) string {
		v, err := s.Admit(o.ctx, collab.Claims{UserID: "ada", OrganizationID: "acme", Name: name})
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
	other.Heard(&collab.Change{OrgID: "acme", Type: collab.ChangeMember, ActorID: "ada"})
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
