package collab_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
)

// set is the change of one field, its values as JSON.
func set(field, before, after string) *collab.FieldChange {
	return &collab.FieldChange{Field: field, OldValue: collab.JSON(before), NewValue: collab.JSON(after)}
}

// made is a change that made a version of a customer.
func made(version int, of collab.ChangeType, fields ...*collab.FieldChange) *collab.Change {
	at := collab.At(time.Date(2026, 5, 4, 9, 30, version, 0, time.UTC))
	snapshot := &collab.Customer{Record: collab.Record{ID: "cus_1", Type: collab.TypeCustomer, Version: version, UpdatedAt: at}}
	if of == collab.ChangeDelete {
		snapshot.DeletedAt = &at
	}
	return &collab.Change{
		Cursor: collab.Cursor{Epoch: 1, Position: int64(10 * version)}, Type: of,
		EntityType: collab.TypeCustomer, EntityID: "cus_1", EntityVersion: version,
		ActorID: collab.ID(fmt.Sprint("actor of ", version)), ClientMutationID: new(collab.ID(fmt.Sprint("mutation ", version))),
		Fields: fields, Snapshot: snapshot, OccurredAt: at,
	}
}

// foldAll folds changes as a slow subscriber does, one after the other.
func foldAll(first *collab.Change, others ...*collab.Change) *collab.Change {
	for _, next := range others {
		first = collab.Fold(first, next)
	}
	return first
}

// fieldsText writes changes of fields in order of their names: name 1→2.
func fieldsText(fields []*collab.FieldChange) string {
	texts := make([]string, len(fields))
	for i, f := range fields {
		texts[i] = fmt.Sprintf("%s %s→%s", f.Field, f.OldValue, f.NewValue)
	}
	slices.Sort(texts)
	return strings.Join(texts, ", ")
}

func TestFoldOfFields(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		changes []*collab.Change
		want    string
	}{
		{"one field twice: from the first value to the last", []*collab.Change{
			made(2, collab.ChangeUpdate, set("name", "1", "2")),
			made(3, collab.ChangeUpdate, set("name", "2", "3")),
		}, "name 1→3"},
		{"a value that was never there, and is null again", []*collab.Change{
			made(1, collab.ChangeCreate, set("phone", "", "5")),
			made(2, collab.ChangeUpdate, set("phone", "5", "null")),
		}, ""},
		{"several times", []*collab.Change{
			made(2, collab.ChangeUpdate, set("name", "1", "2")),
			made(3, collab.ChangeUpdate, set("name", "2", "3")),
			made(4, collab.ChangeUpdate, set("name", "3", "4")),
		}, "name 1→4"},
		{"different fields", []*collab.Change{
			made(2, collab.ChangeUpdate, set("name", "1", "2"), set("phone", "5", "6")),
			made(3, collab.ChangeUpdate, set("email", "null", "7")),
		}, "email null→7, name 1→2, phone 5→6"},
		{"back to where it was", []*collab.Change{
			made(2, collab.ChangeUpdate, set("name", "1", "2"), set("phone", "5", "6")),
			made(3, collab.ChangeUpdate, set("name", "2", "1")),
		}, "phone 5→6"},
		{"back to where it was, by way of others", []*collab.Change{
			made(2, collab.ChangeUpdate, set("name", "1", "2")),
			made(3, collab.ChangeUpdate, set("name", "2", "3")),
			made(4, collab.ChangeUpdate, set("name", "3", "1")),
		}, ""},
		{"away again", []*collab.Change{
			made(2, collab.ChangeUpdate, set("name", "1", "2")),
			made(3, collab.ChangeUpdate, set("name", "2", "1")),
			made(4, collab.ChangeUpdate, set("name", "1", "4")),
		}, "name 1→4"},
		{"filled and cleared again", []*collab.Change{
			made(2, collab.ChangeUpdate, set("notes", "null", "2")),
			made(3, collab.ChangeUpdate, set("notes", "2", "null")),
		}, ""},
		{"changed and then deleted", []*collab.Change{
			made(2, collab.ChangeUpdate, set("name", "1", "2")),
			made(3, collab.ChangeDelete),
		}, "name 1→2"},
	}
	for _, test := range tests {
		folded := foldAll(test.changes[0], test.changes[1:]...)
		if got := fieldsText(folded.Fields); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

// A fold is the last of its changes, from before the first of them.
func TestFoldIsTheLastChange(t *testing.T) {
	t.Parallel()
	changes := []*collab.Change{
		made(5, collab.ChangeUpdate, set("name", "1", "2")),
		made(6, collab.ChangeUpdate, set("name", "2", "3")),
		made(7, collab.ChangeUpdate, set("name", "3", "4")),
	}
	last := changes[2]
	folded := foldAll(changes[0], changes[1:]...)
	if folded.FromVersion() != 4 || folded.EntityVersion != 7 {
		t.Errorf("leads from version %d to %d", folded.FromVersion(), folded.EntityVersion)
	}
	if folded.Snapshot != last.Snapshot || folded.Cursor != last.Cursor || folded.ActorID != last.ActorID ||
		folded.OccurredAt != last.OccurredAt || folded.ClientMutationID != last.ClientMutationID {
		t.Errorf("got %+v", folded)
	}
	// Changes are shared between subscriptions, so folding leaves them as they are.
	for i, c := range changes {
		if c.FromVersion() != 4+i || c.FoldedFrom != nil || fieldsText(c.Fields) != fmt.Sprintf("name %d→%d", i+1, i+2) {
			t.Errorf("the change of version %d is now %+v", c.EntityVersion, c)
		}
	}
}

func TestFoldKeepsWhatBecameOfTheEntity(t *testing.T) {
	t.Parallel()
	tests := []struct {
		changes []*collab.Change
		want    collab.ChangeKind
		from    int
	}{
		{[]*collab.Change{made(1, collab.ChangeCreate)}, collab.KindCreated, 0},
		{[]*collab.Change{made(2, collab.ChangeUpdate)}, collab.KindUpdated, 1},
		{[]*collab.Change{made(3, collab.ChangeDelete)}, collab.KindDeleted, 2},
		{[]*collab.Change{made(4, collab.ChangeRestore)}, collab.KindRestored, 3},

		{[]*collab.Change{made(1, collab.ChangeCreate), made(2, collab.ChangeUpdate)}, collab.KindCreated, 0},
		{[]*collab.Change{made(1, collab.ChangeCreate), made(2, collab.ChangeUpdate), made(3, collab.ChangeUpdate)}, collab.KindCreated, 0},
		{[]*collab.Change{made(1, collab.ChangeCreate), made(2, collab.ChangeDelete)}, collab.KindDeleted, 0},
		{[]*collab.Change{made(1, collab.ChangeCreate), made(2, collab.ChangeDelete), made(3, collab.ChangeRestore)}, collab.KindCreated, 0},
		{[]*collab.Change{made(2, collab.ChangeUpdate), made(3, collab.ChangeDelete)}, collab.KindDeleted, 1},
		{[]*collab.Change{made(3, collab.ChangeDelete), made(4, collab.ChangeRestore)}, collab.KindRestored, 2},
		{[]*collab.Change{made(4, collab.ChangeRestore), made(5, collab.ChangeDelete)}, collab.KindDeleted, 3},
		{[]*collab.Change{made(4, collab.ChangeRestore), made(5, collab.ChangeUpdate)}, collab.KindRestored, 3},
	}
	for _, test := range tests {
		folded := foldAll(test.changes[0], test.changes[1:]...)
		if folded.Kind() != test.want || folded.FromVersion() != test.from {
			t.Errorf("%d changes from a %s: %s from version %d, want %s from %d",
				len(test.changes), test.changes[0].Type, folded.Kind(), folded.FromVersion(), test.want, test.from)
		}
	}
}

// However changes are grouped, they fold to the same, and to what differs between the beginning and the end.
func TestFoldInAnyGrouping(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		values := map[string]string{"email": "null", "name": "0", "phone": "0"}
		begin := map[string]string{"email": "null", "name": "0", "phone": "0"}
		changes := make([]*collab.Change, 2+r.IntN(5))
		for i := range changes {
			changes[i] = made(2+i, collab.ChangeUpdate)
			for field := range values {
				if after := []string{"null", "0", "1"}[r.IntN(3)]; r.IntN(2) == 0 && after != values[field] {
					changes[i].Fields = append(changes[i].Fields, set(field, values[field], after))
					values[field] = after
				}
			}
		}
		var want []*collab.FieldChange
		for field, value := range values {
			if value != begin[field] {
				want = append(want, set(field, begin[field], value))
			}
		}
		left := foldAll(changes[0], changes[1:]...)
		right := changes[len(changes)-1]
		for _, c := range slices.Backward(changes[:len(changes)-1]) {
			right = collab.Fold(c, right)
		}
		for _, got := range []*collab.Change{left, right} {
			if fieldsText(got.Fields) != fieldsText(want) || got.FromVersion() != 1 || got.EntityVersion != 1+len(changes) {
				t.Fatalf("%d changes: got %s from %d to %d, want %s", len(changes),
					fieldsText(got.Fields), got.FromVersion(), got.EntityVersion, fieldsText(want))
			}
		}
	}
}

func TestAsEntityChange(t *testing.T) {
	t.Parallel()
	c := made(2, collab.ChangeUpdate)
	customer, ok := collab.AsEntityChange(c).(*collab.CustomerChange)
	if !ok || customer.Entity().Version != 2 || customer.Common() != c {
		t.Errorf("a change of a customer is %T", collab.AsEntityChange(c))
	}
	c.Snapshot = &collab.Call{}
	if call, ok := collab.AsEntityChange(c).(*collab.CallChange); !ok || call.Entity() == nil {
		t.Errorf("a change of a call is %T", collab.AsEntityChange(c))
	}
	c.Snapshot = &collab.Meeting{}
	if meeting, ok := collab.AsEntityChange(c).(*collab.MeetingChange); !ok || meeting.Entity() == nil {
		t.Errorf("a change of a meeting is %T", collab.AsEntityChange(c))
	}
	if got := collab.AsEntityChange(&collab.Change{Type: collab.ChangeComment}); got != nil {
		t.Errorf("a comment is a %T", got)
	}
}

// A change goes between instances whole, and comes out as it went in.
func TestChangeTravels(t *testing.T) {
	t.Parallel()
	want := made(2, collab.ChangeUpdate, set("name", `"1"`, `"2"`), set("notes", "null", `"\u003cb\u003e"`))
	want.OrgID, want.CustomerID, want.Merged, want.Metadata = "acme", new(collab.ID("cus_1")), true, collab.JSON(`{"a":1}`)
	want.Notifications = []*collab.Notification{{ID: "ntf_1", UserID: "bob", Cursor: want.Cursor, Kind: collab.NotifyMention, CreatedAt: want.OccurredAt}}
	encoded, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got collab.Change
	if err := json.Unmarshal(encoded, &got); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(&got)
	if err != nil || string(again) != string(encoded) {
		t.Errorf("went as %s and came as %s: %v", encoded, again, err)
	}
	if got.Snapshot.Common().Cursor != want.Cursor || got.NotificationOf("bob") == nil || got.NotificationOf("ann") != nil {
		t.Errorf("got %+v", got)
	}
	view, _ := json.Marshal(&collab.Change{Type: collab.ChangeView, EntityType: collab.TypeCall, EntityID: "cal_1"})
	got = collab.Change{}
	if err := json.Unmarshal(view, &got); err != nil || got.Snapshot != nil || got.MakesVersion() {
		t.Errorf("a view came as %+v: %v", got, err)
	}
}
