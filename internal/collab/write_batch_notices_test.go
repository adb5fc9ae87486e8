package collab_test

import (
	"fmt"
	"testing"
	"time"

	"tandem/internal/collab"
)

// makeAll makes customers of one batch, each with a name of its own and the fields of document.
func (o *office) makeAll(v *collab.Viewer, number int, document collab.Patch) (made []*collab.Customer) {
	o.t.Helper()
	ins := make([]collab.Create, number)
	for i := range ins {
		ins[i] = collab.Create{Type: collab.TypeCustomer, Document: collab.Patch{"name": fmt.Sprint("Customer ", i+1)}}
		for field, value := range document {
			ins[i].Document[field] = value
		}
	}
	answers, err := o.CreateAll(o.ctx, v, ins)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, answer := range answers {
		made = append(made, answer.Saved.Entity.(*collab.Customer))
	}
	return made
}

// changeAll changes customers of one batch that are at version base.
func (o *office) changeAll(v *collab.Viewer, base int, patch collab.Patch, customers ...*collab.Customer) {
	o.t.Helper()
	ins := make([]collab.Update, len(customers))
	for i, c := range customers {
		ins[i] = collab.Update{Type: collab.TypeCustomer, ID: c.ID, BaseVersion: base, Patch: patch}
	}
	if _, err := o.UpdateAll(o.ctx, v, ins); err != nil {
		o.t.Fatal(err)
	}
}

// A batch makes one notification of all that it tells a person for one reason, also if it takes several transactions. It
// leads to one of these records, and counts them.
func TestBatchIsOneNotification(t *testing.T) {
	t.Parallel()
	for number, want := range map[int][]string{
		1:  {"1 ASSIGNMENT: ada made you the owner of a customer", "Customer 1"},
		2:  {"2 ASSIGNMENT: ada made you the owner of 2 customers", "Customer 1 and 1 other"},
		20: {"20 ASSIGNMENT: ada made you the owner of 20 customers", "Customer 1 and 19 others"},
		60: {"60 ASSIGNMENT: ada made you the owner of 60 customers", "Customer 51 and 59 others"},
	} {
		t.Run(fmt.Sprint(number), func(t *testing.T) {
			t.Parallel()
			o := open(t)
			ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
			made := o.makeAll(ada, number, collab.Patch{"ownerId": "ben"})
			deeply(t, "ben's inbox", o.inbox(ben), want[:1])
			row := o.notifications(ben)[0]
			equal(t, "body", row.Body, want[1])
			equal(t, "the record that it leads to", *row.EntityID, made[max(0, number-1)/25*25].ID)
		})
	}
}

// Further changes make the notification of a batch larger, as long as it is unread.
func TestNotificationOfABatchGrows(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	made := o.makeAll(ada, 30, collab.Patch{"ownerId": "ada"})
	for _, c := range made {
		o.watch(ben, c)
	}
	o.mustUpdate(ada, made[0], 1, collab.Patch{"phone": "1"})
	deeply(t, "one change", o.inbox(ben), []string{"1 WATCHED: ada changed 1 field of Customer 1"})
	o.changeAll(ada, 2, collab.Patch{"email": "a@b.example"}, made[0])
	deeply(t, "a batch of one", o.inbox(ben), []string{"2 WATCHED: ada changed 2 fields of Customer 1"})
	o.changeAll(ada, 1, collab.Patch{"phone": "2"}, made[1:]...)
	deeply(t, "a batch", o.inbox(ben), []string{"29 WATCHED: ada changed 29 customers", "2 WATCHED: ada changed 2 fields of Customer 1"})
	led := o.notifications(ben)[0]
	for _, c := range made {
		if c.ID == *led.EntityID {
			o.mustUpdate(o.join("cem", collab.RoleMember), c, 2, collab.Patch{"phone": "3"})
		}
	}
	equal(t, "a further change", o.inbox(ben)[0], "30 WATCHED: cem and 1 other changed 29 customers")
	equal(t, "is in the same line", o.notifications(ben)[0].ID, led.ID)

	o.readAll(ben)
	o.changeAll(ada, 2, collab.Patch{"phone": "4"}, made[2:4]...)
	equal(t, "after it was read", o.inbox(ben)[0], "2 WATCHED: ada changed 2 customers")
}

// A batch counts an entity once that several of its inputs change, and leaves out those that the person is not told of.
func TestBatchCountsRecords(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	made := o.makeAll(ada, 3, collab.Patch{"ownerId": "ada"})
	for _, c := range made[:2] {
		o.watch(ben, c)
	}
	ins := []collab.Update{}
	for i, c := range []*collab.Customer{made[0], made[1], made[2], made[0]} {
		ins = append(ins, collab.Update{Type: collab.TypeCustomer, ID: c.ID, BaseVersion: 1 + i/3, Patch: collab.Patch{"phone": fmt.Sprint(i)}})
	}
	if _, err := o.UpdateAll(o.ctx, ada, ins); err != nil {
		t.Fatal(err)
	}
	deeply(t, "ben's inbox", o.inbox(ben), []string{"3 WATCHED: ada changed 2 customers"})
	o.later(time.Minute)
	o.changeAll(ada, 2, collab.Patch{"visibility": "RESTRICTED"}, made[1], made[2])
	deeply(t, "hidden", o.inbox(o.join("ben", collab.RoleMember)),
		[]string{"1 ACCESS_CHANGED: ada no longer shares a customer with you", "3 WATCHED: ada changed 2 customers"})
}

// The sides of the conflicts of a batch get one notification each.
func TestConflictsOfABatch(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	made := o.makeAll(ada, 3, nil)
	o.changeAll(ada, 1, collab.Patch{"phone": "1"}, made...)
	o.changeAll(ben, 1, collab.Patch{"phone": "2"}, made...)
	deeply(t, "ada's inbox", o.inbox(ada), []string{"3 CONFLICT: 3 changes by ben conflict with yours"})
	deeply(t, "ben's inbox", o.inbox(ben), []string{"3 CONFLICT: 3 of your changes conflict with changes by ada"})
	equal(t, "body", o.notifications(ben)[0].Body, "Customer 1 and 2 others")
}
