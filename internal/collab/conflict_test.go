package collab_test

import (
	"testing"

	"tandem/internal/collab"
)

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
