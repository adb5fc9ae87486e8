package collab_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"tandem/internal/collab"
)

// A form that sends all its fields conflicts over the one that was edited. However the
// conflict is resolved, the others keep what somebody else set since.
func TestResolveAppliesOnlyEdits(t *testing.T) {
	t.Parallel()
	started := collab.Patch{
		"name": "A", "phone": "1", "email": nil, "company": "Acme", "notes": "old\nlines",
		"tags": []string{"vip"}, "ownerId": nil, "status": "LEAD", "visibility": "ORGANIZATION",
	}
	set := func(over collab.Patch) collab.Patch {
		form := collab.Patch{}
		for _, fields := range []collab.Patch{started, over} {
			for name, value := range fields {
				form[name] = value
			}
		}
		return form
	}
	theirs := collab.Patch{
		"name": "B", "phone": "2", "email": "b@example.com", "company": nil, "notes": "new",
		"tags": []string{"vip", "north"}, "ownerId": "ada", "status": "ACTIVE",
	}
	for _, test := range []struct {
		resolution collab.Resolution
		merged     collab.Patch
		name       string
	}{
		{collab.ResolveLocal, nil, "C"},
		{collab.ResolveRemote, nil, "B"},
		{collab.ResolveMerged, collab.Patch{"name": "B and C"}, "B and C"},
		{collab.ResolveMerged, collab.Patch{}, "B"},
	} {
		for _, movesOn := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s %v, moved on %t", test.resolution, test.merged, movesOn), func(t *testing.T) {
				t.Parallel()
				o := open(t)
				ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
				c := o.customer(ada, started)
				o.mustUpdate(ada, c, 1, theirs)
				_, err := o.update(ben, c, 1, set(collab.Patch{"name": "C"}))
				conflict := problem[*collab.Conflict](t, err)
				equal(t, "fields in conflict", len(conflict.Fields), 1)
				equal(t, "fields kept", len(conflict.Patch), 1)
				want, name := "2", test.name
				if movesOn {
					o.mustUpdate(ada, c, 2, collab.Patch{"name": "D", "phone": "3"})
					want = "3"
				}
				resolve := collab.Resolve{Type: collab.TypeCustomer, ConflictID: conflict.ID, Resolution: test.resolution, Merged: test.merged}
				saved, err := o.Resolve(o.ctx, ben, resolve)
				if movesOn && err != nil {
					moved := problem[*collab.Conflict](t, err)
					equal(t, "the conflict", moved.ID, conflict.ID)
					equal(t, "fields kept", len(moved.Patch), 1)
					saved, err = o.Resolve(o.ctx, ben, resolve)
				} else if movesOn {
					name = "D" // nobody decided for another one
				}
				if err != nil {
					t.Fatal(err)
				}
				got := saved.Entity.(*collab.Customer)
				equal(t, "name", got.Name, name)
				equal(t, "phone", *got.Phone, want)
				equal(t, "email", *got.Email, "b@example.com")
				equal(t, "company", got.Company, nil)
				equal(t, "notes", *got.Notes, "new")
				equal(t, "tags", slices.Equal(got.Tags, []string{"vip", "north"}), true)
				equal(t, "owner", *got.OwnerID, "ada")
				equal(t, "status", got.Status, collab.CustomerActive)
			})
		}
	}
}

// A person merges the two sides in a form that sends all its fields too.
func TestMergedAppliesOnlyEdits(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	c := o.customer(ada, collab.Patch{"name": "A", "phone": "1"})
	o.mustUpdate(ada, c, 1, collab.Patch{"name": "B", "phone": "2"})
	_, err := o.update(ben, c, 1, collab.Patch{"name": "C", "phone": "1"})
	conflict := problem[*collab.Conflict](t, err)
	o.mustUpdate(ada, c, 2, collab.Patch{"phone": "3"})
	saved, err := o.Resolve(o.ctx, ben, collab.Resolve{
		Type: collab.TypeCustomer, ConflictID: conflict.ID, Resolution: collab.ResolveMerged,
		Merged: collab.Patch{"name": "B and C", "phone": "2", "notes": nil, "tags": nil},
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "name", saved.Entity.DisplayName(), "B and C")
	equal(t, "phone", *saved.Entity.(*collab.Customer).Phone, "3")
}

// A conflict that an earlier release stored has all fields of the form. The fields that equal its
// base are not part of the edit: it neither shows nor applies them.
func TestResolveStoredConflictAppliesOnlyEdits(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	c := o.customer(ada, collab.Patch{"name": "A", "phone": "1", "company": "Acme"})
	o.mustUpdate(ada, c, 1, collab.Patch{"name": "B", "phone": "2"})
	_, err := o.update(ben, c, 1, collab.Patch{"name": "C", "company": "Acme Ltd"})
	conflict := problem[*collab.Conflict](t, err)
	conflict.Patch["phone"] = json.RawMessage(`"1"`)
	conflict.Patch["tags"] = json.RawMessage(`[]`)
	o.keep(conflict)

	base, remote := o.at(c.ID, 1), o.at(c.ID, 2)
	local, err := conflict.LocalState(base, remote)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "phone shown", *local.(*collab.Customer).Phone, "2")
	saved, err := o.Resolve(o.ctx, ben, collab.Resolve{Type: collab.TypeCustomer, ConflictID: conflict.ID, Resolution: collab.ResolveLocal})
	if err != nil {
		t.Fatal(err)
	}
	got := saved.Entity.(*collab.Customer)
	equal(t, "name", got.Name, "C")
	equal(t, "phone", *got.Phone, "2")
	equal(t, "company", *got.Company, "Acme Ltd")
}

// A person who is given access after a conflict arose can resolve it, even in favor of the existing
// values, and gets the same answer when they repeat it.
func TestResolvedByWhoGainedAccess(t *testing.T) {
	t.Parallel()
	for _, resolution := range []collab.Resolution{collab.ResolveLocal, collab.ResolveRemote} {
		t.Run(string(resolution), func(t *testing.T) {
			t.Parallel()
			o := openTeam(t)
			c := o.customer(o.ben, collab.Patch{"name": "A", "visibility": "RESTRICTED"})
			o.grant(o.ben, c.ID, "cem", collab.AccessWrite)
			conflict := o.conflict(o.ben, o.cem, c, collab.Patch{"name": "C"})
			o.grant(o.ben, c.ID, "dan", collab.AccessWrite)
			dan := o.again(o.dan)
			resolve := collab.Resolve{Type: collab.TypeCustomer, ConflictID: conflict.ID, Resolution: resolution, ClientMutationID: id("r")}
			first, err := o.Resolve(o.ctx, dan, resolve)
			if err != nil {
				t.Fatal(err)
			}
			o.mustUpdate(o.ben, c, first.Entity.Common().Version, collab.Patch{"phone": "1"})
			again, err := o.Resolve(o.ctx, dan, resolve)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "name", again.Entity.DisplayName(), first.Entity.DisplayName())
			equal(t, "version", again.Entity.Common().Version, first.Entity.Common().Version)
			equal(t, "cursor", again.Cursor, first.Cursor)
		})
	}
}

// The resolver decides over the fields in conflict. The other fields of the edit are applied in the
// name of the person who chose them, if that person may set them.
func TestResolvingAnEditOfGovernedFields(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		between func(*team)
		resolve collab.Resolve
		denied  bool
	}{
		{"which the resolver does not decide on", nil, collab.Resolve{Resolution: collab.ResolveRemote}, false},
		{"and of the editor's name", nil, collab.Resolve{Resolution: collab.ResolveLocal}, false},
		{"whose editor may not set them any more", func(o *team) {
			if _, err := o.SetMemberRole(o.ctx, o.ada, "ben", collab.RoleAdmin); err != nil {
				o.t.Fatal(err)
			}
			if _, err := o.SetMemberRole(o.ctx, o.again(o.ben), "ada", collab.RoleMember); err != nil {
				o.t.Fatal(err)
			}
		}, collab.Resolve{Resolution: collab.ResolveRemote}, true},
		{"that the resolver sets", nil, collab.Resolve{
			Resolution: collab.ResolveMerged, Merged: collab.Patch{"name": "C", "ownerId": "cem"},
		}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := openTeam(t)
			c := o.customer(o.ben, collab.Patch{"name": "A"})
			conflict := o.conflict(o.ben, o.ada, c, collab.Patch{"name": "C", "ownerId": "dan"})
			if test.between != nil {
				test.between(o)
			}
			test.resolve.Type, test.resolve.ConflictID = collab.TypeCustomer, conflict.ID
			saved, err := o.Resolve(o.ctx, o.cem, test.resolve)
			if test.denied {
				equal(t, "read-only", problem[*collab.AccessDenied](t, err).ReadOnlyFields[0], "ownerId")
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "owner", *saved.Entity.(*collab.Customer).OwnerID, "dan")
		})
	}
}

// A member does not decide over a field in conflict that they may not set.
func TestResolvingAConflictOverGovernedFields(t *testing.T) {
	t.Parallel()
	o := openTeam(t)
	c := o.customer(o.ben, collab.Patch{"name": "A"})
	o.mustUpdate(o.ben, c, 1, collab.Patch{"ownerId": "dan"})
	_, err := o.update(o.ada, c, 1, collab.Patch{"ownerId": "ada"})
	conflict := problem[*collab.Conflict](t, err)
	resolve := collab.Resolve{Type: collab.TypeCustomer, ConflictID: conflict.ID, Resolution: collab.ResolveLocal}
	_, err = o.Resolve(o.ctx, o.cem, resolve)
	problem[*collab.AccessDenied](t, err)
	resolve.Resolution = collab.ResolveRemote
	if _, err := o.Resolve(o.ctx, o.cem, resolve); err != nil {
		t.Error(err)
	}
}

// Changes that the author of an edit made after it met a conflict are newer than the edit.
func TestResolvingKeepsNewerEditsOfTheAuthor(t *testing.T) {
	t.Parallel()
	o := openTeam(t)
	c := o.customer(o.ben, collab.Patch{"name": "A", "phone": "1"})
	conflict := o.conflict(o.ben, o.cem, c, collab.Patch{"name": "C", "phone": "2"})
	o.mustUpdate(o.cem, c, 2, collab.Patch{"phone": "3"})
	saved, err := o.Resolve(o.ctx, o.ben, collab.Resolve{Type: collab.TypeCustomer, ConflictID: conflict.ID, Resolution: collab.ResolveLocal})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "name", saved.Entity.DisplayName(), "C")
	equal(t, "phone", *saved.Entity.(*collab.Customer).Phone, "3")

	// A change by somebody else is a conflict, also with the resolver.
	conflict = o.conflict(o.ben, o.cem, saved.Entity.(*collab.Customer), collab.Patch{"name": "D", "phone": "4"})
	o.mustUpdate(o.ben, c, saved.Entity.Common().Version+1, collab.Patch{"phone": "5"})
	_, err = o.Resolve(o.ctx, o.ben, collab.Resolve{Type: collab.TypeCustomer, ConflictID: conflict.ID, Resolution: collab.ResolveLocal})
	equal(t, "field", problem[*collab.Conflict](t, err).Fields[0].Field, "phone")
}

// keep stores a conflict as it is, as another release may have.
func (o *office) keep(conflict *collab.Conflict) {
	o.t.Helper()
	_, err := o.store.Write(o.ctx, collab.Intent{OrgID: "acme", ActorID: conflict.DetectedForID, EntityID: conflict.EntityID},
		func(st *collab.State) (*collab.Decision, error) {
			r := st.Entity.Common()
			return &collab.Decision{Conflict: conflict, Change: &collab.Change{
				Type: collab.ChangeConflict, EntityType: r.Type, EntityID: r.ID, EntityVersion: r.Version,
				ActorID: conflict.DetectedForID, ConflictID: &conflict.ID, OccurredAt: collab.At(o.clock()),
			}}, nil
		})
	if err != nil {
		o.t.Fatal(err)
	}
}

// at is an entity as it was at a version.
func (o *office) at(id collab.ID, version int) collab.Entity {
	o.t.Helper()
	at := collab.EntityVersion{ID: id, Version: version}
	found, err := o.EntitiesAt(o.ctx, collab.Scope{OrgID: "acme", All: true}, []collab.EntityVersion{at})
	if err != nil {
		o.t.Fatal(err)
	}
	return found[at]
}
