package collab_test

import (
	"testing"
	"time"

	"tandem/internal/collab"
)

// written stores an entity as it is, as an earlier release with other rules may have.
func (o *office) written(v *collab.Viewer, e collab.Entity) {
	o.t.Helper()
	r := e.Common()
	r.CreatedAt, r.UpdatedAt = collab.At(o.clock()), collab.At(o.clock())
	r.CreatedBy, r.UpdatedBy = v.User.ID, v.User.ID
	_, err := o.store.Write(o.ctx, collab.Intent{OrgID: "acme", ActorID: v.User.ID}, func(*collab.State) (*collab.Decision, error) {
		return &collab.Decision{Change: &collab.Change{
			Type: collab.ChangeCreate, EntityType: r.Type, EntityID: r.ID, EntityVersion: r.Version,
			ActorID: v.User.ID, OccurredAt: r.CreatedAt, Snapshot: e,
		}}, nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

// An edit is measured by today's rules for what it changes, and for nothing else.
func TestEditBesideOldInvalidValue(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	old := "ada\u200b@example.com"
	c := &collab.Customer{
		Record: collab.Record{ID: "cus_old", Type: collab.TypeCustomer, Version: 1},
		CustomerFields: collab.CustomerFields{
			Name: "Ac\u200bme", Email: &old, Status: collab.CustomerLead, Tags: []string{"a", "a"}, Visibility: collab.VisibleToOrganization,
		},
	}
	o.written(ada, c)
	o.mustUpdate(ada, c, 1, collab.Patch{"notes": "n"})
	o.mustUpdate(ben, c, 1, collab.Patch{"phone": "1", "email": old, "tags": []string{"a", "a"}}) // behind, and with all of a form
	_, err := o.update(ada, c, 3, collab.Patch{"notes": "m", "email": "ben\u200b@example.com"})
	equal(t, "field", problem[*collab.InvalidInput](t, err).Fields[0].Field, "email")

	conflict := o.conflict(ada, ben, o.customer(ada, collab.Patch{"name": "B"}), collab.Patch{"name": "C"})
	if err := o.resolve(ben, conflict, collab.ResolveLocal, nil); err != nil {
		t.Error(err)
	}
}

// The fields of a group are looked at together when one of them changes.
func TestEditBesideOldInvalidGroup(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada := o.join("ada", collab.RoleMember)
	starts := o.clock()
	m := &collab.Meeting{
		Record: collab.Record{ID: "mtg_old", Type: collab.TypeMeeting, Version: 1},
		MeetingFields: collab.MeetingFields{
			Title: "M", Status: collab.MeetingScheduled, AttendeeIDs: []collab.ID{}, Visibility: collab.VisibleToOrganization,
			StartsAt: collab.At(starts), EndsAt: collab.At(starts.Add(-time.Hour)),
		},
	}
	o.written(ada, m)
	update := func(base int, patch collab.Patch) error {
		_, err := o.Update(o.ctx, ada, collab.Update{Type: collab.TypeMeeting, ID: m.ID, BaseVersion: base, Patch: patch})
		return err
	}
	if err := update(1, collab.Patch{"notes": "n"}); err != nil {
		t.Error(err)
	}
	problem[*collab.InvalidInput](t, update(2, collab.Patch{"startsAt": collab.At(starts.Add(time.Minute))}))
	if err := update(2, collab.Patch{"endsAt": collab.At(starts.Add(time.Hour))}); err != nil {
		t.Error(err)
	}
}
