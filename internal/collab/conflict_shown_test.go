package collab_test

import (
	"testing"

	"tandem/internal/collab"
)

// A person who gains access to an entity sees its conflicts, but nothing of the past that they
// contain.
func TestConflictsShowNoPast(t *testing.T) {
	t.Parallel()
	for _, resolved := range []bool{false, true} {
		o := openTeam(t)
		c := o.customer(o.ben, collab.Patch{"name": "A", "phone": "1", "visibility": "RESTRICTED"})
		o.grant(o.ben, c.ID, "cem", collab.AccessWrite)
		conflict := o.conflict(o.ben, o.cem, c, collab.Patch{"name": "C", "phone": "2"})
		if resolved {
			_, err := o.Resolve(o.ctx, o.ben, collab.Resolve{Type: collab.TypeCustomer, ConflictID: conflict.ID, Resolution: collab.ResolveRemote})
			if err != nil {
				t.Fatal(err)
			}
		}
		o.grant(o.ben, c.ID, "dan", collab.AccessWrite)
		for _, test := range []struct {
			viewer              *collab.Viewer
			base, local, remote string
			kept                int
		}{
			{o.again(o.ben), `"A"`, `"C"`, `"Remote"`, 2},
			{o.again(o.cem), "", `"C"`, `"Remote"`, 2}, // who was let in after version 1
			{o.again(o.ada), `"A"`, `"C"`, `"Remote"`, 2},
			{o.again(o.dan), "", "", `"Remote"`, 0},
		} {
			name := test.viewer.User.Name
			page, err := o.Conflicts(o.ctx, test.viewer.OwnScope(), collab.ConflictQuery{}, collab.PageRequest{})
			if err != nil || len(page.Items) != 1 {
				t.Fatalf("%s sees %d conflicts: %v", name, len(page.Items), err)
			}
			nodes, err := o.Nodes(o.ctx, test.viewer, []collab.ID{conflict.ID})
			if err != nil {
				t.Fatal(err)
			}
			for _, shown := range []*collab.Conflict{page.Items[0], nodes[conflict.ID].(collab.TypedConflict).Common()} {
				f := shown.Fields[0]
				equal(t, name+" base", string(f.Base), test.base)
				equal(t, name+" local", string(f.Local), test.local)
				equal(t, name+" remote", string(f.Remote), test.remote)
				equal(t, name+" kept", len(shown.Patch), test.kept)
				equal(t, name+" changed by", f.RemoteChangedByID != nil, test.local != "")
			}
		}
	}
}

// An edit of a version that its editor could not see does not reveal what was there.
func TestConflictHidesInvisibleBase(t *testing.T) {
	t.Parallel()
	o := openTeam(t)
	c := o.customer(o.ben, collab.Patch{"name": "A", "visibility": "RESTRICTED"})
	o.mustUpdate(o.ben, c, 1, collab.Patch{"name": "B"})
	o.grant(o.ben, c.ID, "dan", collab.AccessWrite)
	_, err := o.update(o.dan, c, 1, collab.Patch{"name": "C"})
	f := problem[*collab.Conflict](t, err).Fields[0]
	equal(t, "base", string(f.Base), "")
	equal(t, "local", string(f.Local), `"C"`)
	equal(t, "remote", string(f.Remote), `"B"`)
}

// The values of a conflict that moved on are erased with the people who chose them.
func TestErasedFromMovedConflict(t *testing.T) {
	t.Parallel()
	o := openTeam(t)
	c := o.customer(o.ben, collab.Patch{"name": "A"})
	conflict := o.conflict(o.ben, o.cem, c, collab.Patch{"name": "Cem's", "phone": "cem"})
	o.mustUpdate(o.ben, c, 2, collab.Patch{"name": "B"})
	resolve := collab.Resolve{Type: collab.TypeCustomer, ConflictID: conflict.ID, Resolution: collab.ResolveMerged, Merged: collab.Patch{"name": "Dan's"}}
	_, err := o.Resolve(o.ctx, o.dan, resolve)
	equal(t, "moved on", problem[*collab.Conflict](t, err).ID, conflict.ID)
	if _, err := o.ErasePersonalData(o.ctx, o.ada, "cem"); err != nil {
		t.Fatal(err)
	}
	saved, err := o.Resolve(o.ctx, o.ben, collab.Resolve{Type: collab.TypeCustomer, ConflictID: conflict.ID, Resolution: collab.ResolveLocal})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "name", saved.Entity.DisplayName(), "Dan's")
	equal(t, "phone", saved.Entity.(*collab.Customer).Phone, nil)
}
