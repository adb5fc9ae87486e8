package collab_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"tandem/internal/collab"
)

// led returns the customer that the person's newest notification leads to.
func (o *office) led(v *collab.Viewer, made []*collab.Customer) *collab.Customer {
	o.t.Helper()
	row := o.notifications(v)[0]
	for _, c := range made {
		if c.ID == *row.EntityID {
			return c
		}
	}
	o.t.Fatalf("%q leads to none of the customers", row.Title)
	return nil
}

// A line of assignments names who made the newest, and counts the others.
func TestAssignmentsOfTwoPeople(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben, cem := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember), o.join("cem", collab.RoleAdmin)
	made := o.makeAll(ada, 20, collab.Patch{"ownerId": "ben"})
	c := o.led(ben, made)
	o.mustUpdate(ada, c, 1, collab.Patch{"ownerId": "ada"})
	o.mustUpdate(cem, c, 2, collab.Patch{"ownerId": "ben"})
	deeply(t, "ben's inbox", o.inbox(ben), []string{"21 ASSIGNMENT: cem and 1 other made you the owner of 20 customers"})
	deeply(t, "people", o.notifications(ben)[0].ActorIDs, []collab.ID{"cem", "ada"})
}

// A person's own edits that were not applied, and those of others that conflict with theirs, are two lines.
func TestSidesOfConflictsAreApart(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	c := o.customer(ada, collab.Patch{"name": "Aalto Oy"})
	collide := func(who *collab.Viewer, base int) {
		t.Helper()
		_, err := o.update(who, c, base, collab.Patch{"name": fmt.Sprint(who.User.Name, base)})
		problem[*collab.Conflict](t, err)
	}
	o.mustUpdate(ada, c, 1, collab.Patch{"name": "Ada's"})
	collide(ben, 1)
	o.mustUpdate(ben, c, 2, collab.Patch{"name": "Ben's"})
	collide(ada, 2)
	collide(ada, 2)
	deeply(t, "ben's inbox", o.inbox(ben), []string{"2 CONFLICT: 2 changes by ada conflict with yours", "1 CONFLICT: Your change conflicts with one by ada"})
	deeply(t, "ada's inbox", o.inbox(ada), []string{"2 CONFLICT: 2 of your changes conflict with changes by ben", "1 CONFLICT: A change by ben conflicts with yours"})
	deeply(t, "who conflicts with ben", o.notifications(ben)[0].ActorIDs, []collab.ID{"ada"})
}

// The line of a batch keeps its records when it grows, also if the kind says enough of what happened.
func TestConflictsOfABatchGrow(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	made := o.makeAll(ada, 3, nil)
	o.changeAll(ada, 1, collab.Patch{"phone": "1"}, made...)
	o.changeAll(ben, 1, collab.Patch{"phone": "2"}, made...)
	_, err := o.update(ben, o.led(ada, made), 1, collab.Patch{"phone": "3"})
	problem[*collab.Conflict](t, err)
	deeply(t, "ada's inbox", o.inbox(ada), []string{"4 CONFLICT: 4 changes by ben conflict with yours"})
	equal(t, "body", o.notifications(ada)[0].Body, "Customer 1 and 2 others")
}

// The largest batch makes a line that grows by further changes of the record that it leads to. Another batch adds no
// records to it.
func TestLargestBatchGrows(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	made := o.makeAll(ada, collab.MaxBatch, nil)
	further := o.customer(ada, collab.Patch{"name": "Further"})
	for _, c := range append(made, further) {
		o.watch(ben, c)
	}
	o.changeAll(ada, 1, collab.Patch{"phone": "1"}, made...)
	c := o.led(ben, made)
	o.mustUpdate(ada, c, 2, collab.Patch{"phone": "2"})
	deeply(t, "ben's inbox", o.inbox(ben), []string{"101 WATCHED: ada changed 100 customers"})
	o.changeAll(ada, 1, collab.Patch{"email": "a@b.example"}, c, further)
	deeply(t, "another batch", o.inbox(ben), []string{"2 WATCHED: ada changed 2 customers", "101 WATCHED: ada changed 100 customers"})
}

// A deletion of the record that the line of a batch leads to does not hide the others.
func TestBatchAndDeletion(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	made := o.makeAll(ada, 20, collab.Patch{"ownerId": "ada"})
	for _, c := range made {
		o.watch(ben, c)
	}
	o.changeAll(ada, 1, collab.Patch{"phone": "1"}, made...)
	if _, err := o.Delete(o.ctx, ada, collab.Delete{ID: o.led(ben, made).ID, BaseVersion: 2}); err != nil {
		t.Fatal(err)
	}
	deeply(t, "ben's inbox", o.inbox(ben), []string{"21 WATCHED: ada made 21 changes to 20 customers"})
	equal(t, "body", o.notifications(ben)[0].Body, "ada deleted Customer 1")
}

// An export has no ids of the records of a batch: the person may not see them any more.
func TestExportHasNoRecordsOfABatch(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada := o.join("ada", collab.RoleMember)
	o.join("ben", collab.RoleMember)
	made := o.makeAll(ada, 2, collab.Patch{"ownerId": "ben"})
	o.changeAll(ada, 1, collab.Patch{"ownerId": "ada", "visibility": "RESTRICTED"}, made...)
	ben := o.join("ben", collab.RoleMember)
	document, err := o.ExportPersonalData(o.ctx, ben, "ben")
	if err != nil {
		t.Fatal(err)
	}
	var shown struct {
		Notifications []struct{ Burst map[string]any }
	}
	if err := json.Unmarshal(document, &shown); err != nil {
		t.Fatal(err)
	}
	equal(t, "notifications", len(shown.Notifications), 2)
	for _, n := range shown.Notifications {
		equal(t, "has its act", n.Burst["act"] != nil, true)
		equal(t, "has records", n.Burst["records"], nil)
	}
}
