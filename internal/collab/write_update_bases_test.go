package collab_test

import (
	"fmt"
	"strings"
	"testing"

	"tandem/internal/collab"
)

// from returns an update of a customer by a form that was open since version base.
func from(c *collab.Customer, base int, patch collab.Patch, bases ...*collab.FieldBase) collab.Update {
	return collab.Update{Type: collab.TypeCustomer, ID: c.ID, BaseVersion: base, Patch: patch, Bases: bases}
}

// Each field is merged against the version at which the person began to change it.
func TestBasesOfFields(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	edited := func() *collab.Customer { // phone is 2 since version 2, company Y since version 3
		c := o.customer(ada, collab.Patch{"name": "A", "phone": "1", "company": "X"})
		o.mustUpdate(ada, c, 1, collab.Patch{"phone": "2"})
		o.mustUpdate(ada, c, 2, collab.Patch{"company": "Y"})
		return c
	}
	t.Run("a version after the other's change has no conflict", func(t *testing.T) {
		c := edited()
		saved, err := o.Update(o.ctx, ben, from(c, 1, collab.Patch{"phone": "3", "name": "B"}, &collab.FieldBase{Field: "phone", Version: 2}))
		if err != nil {
			t.Fatal(err)
		}
		got := saved.Entity.(*collab.Customer)
		equal(t, "phone", *got.Phone, "3")
		equal(t, "company", *got.Company, "Y")
		equal(t, "merged", saved.Merged, true)
	})
	t.Run("a version before it is one, whatever the base version", func(t *testing.T) {
		c := edited()
		_, err := o.Update(o.ctx, ben, from(c, 3, collab.Patch{"phone": "3", "company": "Z"}, &collab.FieldBase{Field: "phone", Version: 1}))
		conflict := problem[*collab.Conflict](t, err)
		equal(t, "fields", len(conflict.Fields), 1)
		equal(t, "field", conflict.Fields[0].Field, "phone")
		equal(t, "base", string(conflict.Fields[0].Base), `"1"`)
		equal(t, "base version", conflict.BaseVersion, 3)
		if err := o.resolve(ben, conflict, collab.ResolveLocal, nil); err != nil {
			t.Fatal(err)
		}
		got := o.at(c.ID, 4).(*collab.Customer)
		equal(t, "phone", *got.Phone, "3")
		equal(t, "company", *got.Company, "Z")
	})
	t.Run("each field has its own base in a conflict", func(t *testing.T) {
		c := edited()
		o.mustUpdate(ada, c, 3, collab.Patch{"phone": "4", "company": "W"})
		_, err := o.Update(o.ctx, ben, from(c, 1, collab.Patch{"phone": "3", "company": "Z"},
			&collab.FieldBase{Field: "phone", Version: 2}, &collab.FieldBase{Field: "company", Version: 3}))
		conflict := problem[*collab.Conflict](t, err)
		equal(t, "fields", len(conflict.Fields), 2)
		equal(t, "base of company", string(conflict.Fields[0].Base), `"Y"`)
		equal(t, "base of phone", string(conflict.Fields[1].Base), `"2"`)
	})
	t.Run("a value that the field had at another base is part of a conflict's edit", func(t *testing.T) {
		c := edited()
		o.mustUpdate(ada, c, 3, collab.Patch{"company": "W"})
		_, err := o.Update(o.ctx, ben, from(c, 1, collab.Patch{"phone": "1", "company": "Z"}, &collab.FieldBase{Field: "phone", Version: 3}))
		conflict := problem[*collab.Conflict](t, err)
		equal(t, "fields", len(conflict.Fields), 1)
		if err := o.resolve(ben, conflict, collab.ResolveRemote, nil); err != nil {
			t.Fatal(err)
		}
		equal(t, "phone", *o.at(c.ID, 5).(*collab.Customer).Phone, "1")
	})
	t.Run("fields that are valid only together have one base", func(t *testing.T) {
		created, err := o.Create(o.ctx, ada, collab.Create{Type: collab.TypeDeal, Document: collab.Patch{"title": "Beer"}})
		if err != nil {
			t.Fatal(err)
		}
		deal := func(v *collab.Viewer, base int, patch collab.Patch, bases ...*collab.FieldBase) (*collab.Saved, error) {
			return o.Update(o.ctx, v, collab.Update{Type: collab.TypeDeal, ID: created.Entity.Common().ID, BaseVersion: base, Patch: patch, Bases: bases})
		}
		if _, err := deal(ada, 1, collab.Patch{"amountMinor": 200, "currency": "USD"}); err != nil {
			t.Fatal(err)
		}
		saved, err := deal(ben, 1, collab.Patch{"amountMinor": 300}, &collab.FieldBase{Field: "amountMinor", Version: 2})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "currency", *saved.Entity.(*collab.Deal).Currency, "USD")
	})
	t.Run("sent again", func(t *testing.T) {
		c := edited()
		in := from(c, 1, collab.Patch{"phone": "3"}, &collab.FieldBase{Field: "phone", Version: 2})
		in.ClientMutationID = new(collab.ID("again-" + string(c.ID)))
		for range 2 {
			saved, err := o.Update(o.ctx, ben, in)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "version", saved.Entity.Common().Version, 4)
		}
		in.Bases[0].Version = 3
		_, err := o.Update(o.ctx, ben, in)
		equal(t, "field", problem[*collab.InvalidInput](t, err).Fields[0].Field, "clientMutationId")
	})
	t.Run("what is not a base", func(t *testing.T) {
		c := edited()
		for _, test := range []struct {
			field string
			bases []*collab.FieldBase
		}{
			{"bases[0].field", []*collab.FieldBase{{Field: "company", Version: 1}}},
			{"bases[0].field", []*collab.FieldBase{{Field: "nothing", Version: 1}}},
			{"bases[1].field", []*collab.FieldBase{{Field: "phone", Version: 1}, {Field: "phone", Version: 2}}},
			{"bases[0].version", []*collab.FieldBase{{Field: "phone", Version: 4}}},
			{"bases[0].version", []*collab.FieldBase{{Field: "phone", Version: 0}}},
			{"bases[0].version", []*collab.FieldBase{{Field: "phone", Version: -1 << 31}}},
		} {
			_, err := o.Update(o.ctx, ben, from(c, 1, collab.Patch{"phone": "3"}, test.bases...))
			equal(t, "field", problem[*collab.InvalidInput](t, err).Fields[0].Field, test.field)
		}
	})
}

// queued returns an update that a client made offline, after those with the ids.
func queued(c *collab.Customer, id string, patch collab.Patch, after ...collab.ID) collab.Update {
	in := from(c, 1, patch)
	in.ClientMutationID, in.MadeAfter = new(collab.ID(id)), after
	return in
}

// A queue of edits that a client made offline never meets itself.
func TestQueuedEdits(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	t.Run("after an edit that overwrote nothing, only later changes conflict", func(t *testing.T) {
		c := o.customer(ada, collab.Patch{"name": "A", "phone": "1"})
		o.mustUpdate(ada, c, 1, collab.Patch{"phone": "2"})
		o.mustUpdate(ada, c, 2, collab.Patch{"phone": "1"})
		if _, err := o.Update(o.ctx, ben, queued(c, "a1", collab.Patch{"phone": "3"})); err != nil {
			t.Fatal(err)
		}
		saved, err := o.Update(o.ctx, ben, queued(c, "a2", collab.Patch{"phone": "4"}, "never", "a1"))
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "phone", *saved.Entity.(*collab.Customer).Phone, "4")
		o.mustUpdate(ada, c, 5, collab.Patch{"phone": "5"})
		_, err = o.Update(o.ctx, ben, queued(c, "a3", collab.Patch{"phone": "6"}, "a2", "a1"))
		conflict := problem[*collab.Conflict](t, err)
		equal(t, "base", string(conflict.Fields[0].Base), `"4"`)
	})
	t.Run("what others added to a set or a text stays", func(t *testing.T) {
		c := o.customer(ada, collab.Patch{"name": "A", "tags": []string{"x"}, "notes": "One.\nTwo.\n"})
		o.mustUpdate(ada, c, 1, collab.Patch{"tags": []string{"x", "hers"}, "notes": "One.\nTwo.\nHers.\n"})
		if _, err := o.Update(o.ctx, ben, queued(c, "s1", collab.Patch{"tags": []string{"x", "his"}, "notes": "One!\nTwo.\n"})); err != nil {
			t.Fatal(err)
		}
		saved, err := o.Update(o.ctx, ben, queued(c, "s2", collab.Patch{"tags": []string{"his"}, "notes": "One?\nTwo.\n"}, "s1"))
		if err != nil {
			t.Fatal(err)
		}
		got := saved.Entity.(*collab.Customer)
		equal(t, "tags", strings.Join(got.Tags, " "), "hers his")
		equal(t, "notes", *got.Notes, "One?\nTwo.\nHers.\n")
	})
	t.Run("somebody else's ids count for nothing", func(t *testing.T) {
		c := o.customer(ada, collab.Patch{"name": "A", "phone": "1"})
		if _, err := o.Update(o.ctx, ada, queued(c, "b1", collab.Patch{"phone": "2"})); err != nil {
			t.Fatal(err)
		}
		_, err := o.Update(o.ctx, ben, queued(c, "b2", collab.Patch{"phone": "3"}, "b1"))
		problem[*collab.Conflict](t, err)
	})
	t.Run("a conflict goes on with the edits after it", func(t *testing.T) {
		c := o.customer(ada, collab.Patch{"name": "A", "phone": "1", "company": "X"})
		o.mustUpdate(ada, c, 1, collab.Patch{"name": "B"})
		_, err := o.Update(o.ctx, ben, queued(c, "c1", collab.Patch{"name": "C", "company": "Y"}))
		first := problem[*collab.Conflict](t, err)
		_, err = o.Update(o.ctx, ben, queued(c, "c2", collab.Patch{"name": "D", "phone": "2"}, "c1"))
		second := problem[*collab.Conflict](t, err)
		equal(t, "conflict", second.ID, first.ID)
		equal(t, "fields", len(second.Fields), 1)
		equal(t, "local", string(second.Fields[0].Local), `"D"`)
		o.mustUpdate(ada, c, 2, collab.Patch{"company": "Z"})
		_, err = o.Update(o.ctx, ben, queued(c, "c3", collab.Patch{"name": "E"}, "c1", "c2"))
		third := problem[*collab.Conflict](t, err)
		equal(t, "conflict", third.ID, first.ID)
		equal(t, "fields", strings.Join(fieldNames(third), " "), "company name")
		equal(t, "base of company", string(third.Fields[0].Base), `"X"`)
		if err := o.resolve(ada, third, collab.ResolveLocal, nil); err != nil {
			t.Fatal(err)
		}
		got := o.at(c.ID, 4).(*collab.Customer)
		equal(t, "customer", got.Name+" "+*got.Phone+" "+*got.Company, "E 2 Y")
		_, err = o.Update(o.ctx, ben, queued(c, "c1", collab.Patch{"name": "C", "company": "Y"}))
		equal(t, "the first edit, sent again", problem[*collab.Conflict](t, err).ID, first.ID)
	})
	t.Run("an edit of other fields is saved beside the conflict", func(t *testing.T) {
		c := o.customer(ada, collab.Patch{"name": "A", "phone": "1"})
		o.mustUpdate(ada, c, 1, collab.Patch{"name": "B"})
		_, err := o.Update(o.ctx, ben, queued(c, "d1", collab.Patch{"name": "C"}))
		conflict := problem[*collab.Conflict](t, err)
		saved, err := o.Update(o.ctx, ben, queued(c, "d2", collab.Patch{"phone": "2"}, "d1"))
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "phone", *saved.Entity.(*collab.Customer).Phone, "2")
		if err := o.resolve(ben, conflict, collab.ResolveLocal, nil); err != nil {
			t.Fatal(err)
		}
		equal(t, "name", o.at(c.ID, 4).DisplayName(), "C")
	})
	t.Run("an edit that takes back what met the conflict moves it on", func(t *testing.T) {
		c := o.customer(ada, collab.Patch{"name": "A", "phone": "0", "tags": []string{"t"}})
		o.mustUpdate(ada, c, 1, collab.Patch{"phone": "R"})
		_, err := o.Update(o.ctx, ben, queued(c, "f1", collab.Patch{"phone": "L", "name": "E1", "tags": []string{"t", "e1"}}))
		first := problem[*collab.Conflict](t, err)
		_, err = o.Update(o.ctx, ben, queued(c, "f2", collab.Patch{"phone": "0", "tags": []string{"t"}}, "f1"))
		second := problem[*collab.Conflict](t, err)
		equal(t, "conflict", second.ID, first.ID)
		equal(t, "local", string(second.Fields[0].Local), `"0"`)
		equal(t, "the other side is still known", *second.Fields[0].RemoteChangedByID, ada.User.ID)
		_, err = o.Update(o.ctx, ben, queued(c, "f3", collab.Patch{"name": "A"}, "f1", "f2"))
		third := problem[*collab.Conflict](t, err)
		equal(t, "the other side is known after two moves", *third.Fields[0].RemoteChangedByID, ada.User.ID)
		if err := o.resolve(ben, third, collab.ResolveLocal, nil); err != nil {
			t.Fatal(err)
		}
		got := o.at(c.ID, 3).(*collab.Customer)
		equal(t, "customer", got.Name+" "+*got.Phone+" "+strings.Join(got.Tags, ","), "A 0 t")
	})
	t.Run("fields that are valid only together stay together", func(t *testing.T) {
		at := func(hour int) string { return fmt.Sprintf("2026-05-04T%02d:00:00Z", hour) }
		created, err := o.Create(o.ctx, ada, collab.Create{Type: collab.TypeMeeting, Document: collab.Patch{"title": "A", "startsAt": at(10), "endsAt": at(11)}})
		if err != nil {
			t.Fatal(err)
		}
		edit := func(v *collab.Viewer, key string, patch collab.Patch, after ...collab.ID) error {
			_, err := o.Update(o.ctx, v, collab.Update{Type: collab.TypeMeeting, ID: created.Entity.Common().ID, BaseVersion: 1,
				ClientMutationID: new(collab.ID(key)), Patch: patch, MadeAfter: after})
			return err
		}
		if err := edit(ada, "g0", collab.Patch{"title": "B"}); err != nil {
			t.Fatal(err)
		}
		first := problem[*collab.Conflict](t, edit(ben, "g1", collab.Patch{"title": "C", "startsAt": at(14), "endsAt": at(15)}))
		second := problem[*collab.Conflict](t, edit(ben, "g2", collab.Patch{"startsAt": at(13)}, "g1"))
		equal(t, "conflict", second.ID, first.ID)
		third := problem[*collab.Conflict](t, edit(ben, "g3", collab.Patch{"endsAt": at(16)}, "g1", "g2"))
		if _, err := o.Resolve(o.ctx, ben, collab.Resolve{Type: collab.TypeMeeting, ConflictID: third.ID, Resolution: collab.ResolveLocal}); err != nil {
			t.Fatal(err)
		}
		got := o.at(created.Entity.Common().ID, 3).(*collab.Meeting)
		equal(t, "meeting", fmt.Sprintf("%s %d %d", got.Title, got.StartsAt.Hour(), got.EndsAt.Hour()), "C 13 16")
		equal(t, "invalid on the person's own screen", problem[*collab.InvalidInput](t, edit(ben, "g4", collab.Patch{"startsAt": at(17)}, "g1", "g2", "g3")).Fields[0].Field, "endsAt")
	})
	t.Run("a conflict that was resolved stays so", func(t *testing.T) {
		c := o.customer(ada, collab.Patch{"name": "A"})
		o.mustUpdate(ada, c, 1, collab.Patch{"name": "B"})
		_, err := o.Update(o.ctx, ben, queued(c, "e1", collab.Patch{"name": "C"}))
		first := problem[*collab.Conflict](t, err)
		if err := o.resolve(ada, first, collab.ResolveRemote, nil); err != nil {
			t.Fatal(err)
		}
		_, err = o.Update(o.ctx, ben, queued(c, "e2", collab.Patch{"name": "D"}, "e1"))
		if second := problem[*collab.Conflict](t, err); second.ID == first.ID {
			t.Error("the later edit reopened a resolved conflict")
		}
	})
}

func fieldNames(c *collab.Conflict) []string {
	var names []string
	for _, f := range c.Fields {
		names = append(names, f.Field)
	}
	return names
}
