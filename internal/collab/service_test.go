package collab_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"reflect"
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
	o := &office{t: t, ctx: t.Context(), store: repeating{store, t.Errorf}, now: time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)}
	o.Service = collab.NewService(o.store, memory.NewBus(), nil, slog.New(slog.DiscardHandler), o.clock)
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
	page, err := o.Notifications(o.ctx, v, collab.NotificationQuery{}, nil, nil)
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

// deeply reports values that differ, of any type.
func deeply(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
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
