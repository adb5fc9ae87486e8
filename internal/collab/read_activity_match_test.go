package collab_test

import (
	"testing"
	"time"

	"tandem/internal/collab"
)

// noon is when everything in these tests happened.
var noon = collab.At(time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC))

// A call that ann moved from the customer cus_1 to cus_2.
func movedCall() *collab.Change {
	return &collab.Change{
		Type: collab.ChangeUpdate, EntityType: collab.TypeCall, EntityID: "cal_1", EntityVersion: 2, ActorID: "ann",
		CustomerID: new(collab.ID("cus_2")), PriorCustomerID: new(collab.ID("cus_1")),
		Snapshot: &collab.Call{}, OccurredAt: noon,
	}
}

func TestFeedMatches(t *testing.T) {
	t.Parallel()
	alone := movedCall()
	alone.CustomerID, alone.PriorCustomerID = nil, nil
	tests := []struct {
		name   string
		feed   collab.ActivityFeed
		change *collab.Change
		want   bool
	}{
		{"nothing said is everything", collab.ActivityFeed{}, movedCall(), true},
		{"everything", collab.ActivityFeed{Type: collab.FeedGlobal}, movedCall(), true},
		{"everything, whatever the id", collab.ActivityFeed{Type: collab.FeedGlobal, EntityID: "bob"}, movedCall(), true},
		{"who did it", collab.ActivityFeed{Type: collab.FeedUser, EntityID: "ann"}, movedCall(), true},
		{"who did not", collab.ActivityFeed{Type: collab.FeedUser, EntityID: "bob"}, movedCall(), false},
		{"the customer that it moved to", collab.ActivityFeed{Type: collab.FeedCustomer, EntityID: "cus_2"}, movedCall(), true},
		{"the customer that it left", collab.ActivityFeed{Type: collab.FeedCustomer, EntityID: "cus_1"}, movedCall(), true},
		{"another customer", collab.ActivityFeed{Type: collab.FeedCustomer, EntityID: "cus_3"}, movedCall(), false},
		{"the call's own id is not a customer's", collab.ActivityFeed{Type: collab.FeedCustomer, EntityID: "cal_1"}, movedCall(), false},
		{"a call without a customer", collab.ActivityFeed{Type: collab.FeedCustomer, EntityID: "cus_1"}, alone, false},
	}
	for _, test := range tests {
		if got := (collab.ActivityQuery{Feed: test.feed}).Matches(test.change); got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
}

func TestFeedsThatNeedAnID(t *testing.T) {
	t.Parallel()
	tests := []struct {
		feed collab.ActivityFeed
		ok   bool
	}{
		{collab.ActivityFeed{}, true},
		{collab.ActivityFeed{Type: collab.FeedGlobal}, true},
		{collab.ActivityFeed{Type: collab.FeedUser}, false},
		{collab.ActivityFeed{Type: collab.FeedCustomer}, false},
		{collab.ActivityFeed{Type: collab.FeedUser, EntityID: "ann"}, true},
		{collab.ActivityFeed{Type: collab.FeedCustomer, EntityID: "cus_1"}, true},
	}
	for _, test := range tests {
		err := collab.ActivityQuery{Feed: test.feed}.Check()
		if test.ok && err != nil || !test.ok && collab.CodeOf(err) != collab.BadInput {
			t.Errorf("%+v: %v", test.feed, err)
		}
	}
}

func TestFilterMatches(t *testing.T) {
	t.Parallel()
	before, after := collab.At(noon.Add(-time.Millisecond)), collab.At(noon.Add(time.Millisecond))
	tests := []struct {
		name   string
		filter collab.ActivityFilter
		want   bool
	}{
		{"empty lists narrow nothing", collab.ActivityFilter{
			Types: []collab.ChangeType{}, EntityTypes: []collab.EntityType{}, EntityIDs: []collab.ID{}, UserIDs: []collab.ID{},
		}, true},
		{"its type", collab.ActivityFilter{Types: []collab.ChangeType{collab.ChangeDelete, collab.ChangeUpdate}}, true},
		{"other types", collab.ActivityFilter{Types: []collab.ChangeType{collab.ChangeDelete}}, false},
		{"its kind of entity", collab.ActivityFilter{EntityTypes: []collab.EntityType{collab.TypeCall}}, true},
		{"other kinds", collab.ActivityFilter{EntityTypes: []collab.EntityType{collab.TypeCustomer, collab.TypeMeeting}}, false},
		{"its entity", collab.ActivityFilter{EntityIDs: []collab.ID{"cus_2", "cal_1"}}, true},
		{"its customer is another entity", collab.ActivityFilter{EntityIDs: []collab.ID{"cus_2"}}, false},
		{"who did it", collab.ActivityFilter{UserIDs: []collab.ID{"bob", "ann"}}, true},
		{"who did not", collab.ActivityFilter{UserIDs: []collab.ID{"bob"}}, false},
		{"since that moment", collab.ActivityFilter{Since: &noon}, true},
		{"since later", collab.ActivityFilter{Since: &after}, false},
		{"until later", collab.ActivityFilter{Until: &after}, true},
		{"until that moment", collab.ActivityFilter{Until: &noon}, false},
		{"in between", collab.ActivityFilter{Since: &before, Until: &after}, true},
		{"everything has to hold", collab.ActivityFilter{
			Types: []collab.ChangeType{collab.ChangeUpdate}, UserIDs: []collab.ID{"bob"},
		}, false},
	}
	for _, test := range tests {
		if got := (collab.ActivityQuery{Filter: test.filter}).Matches(movedCall()); got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
	both := collab.ActivityQuery{
		Feed: collab.ActivityFeed{Type: collab.FeedUser, EntityID: "ann"}, Filter: collab.ActivityFilter{UserIDs: []collab.ID{"bob"}},
	}
	if both.Matches(movedCall()) {
		t.Error("the feed lets through what the filter does not")
	}
}

// The log also has rows that are nobody's activity.
func TestOnlyActivityMatches(t *testing.T) {
	t.Parallel()
	for of, want := range map[collab.ChangeType]bool{
		collab.ChangeCreate: true, collab.ChangeUpdate: true, collab.ChangeDelete: true, collab.ChangeRestore: true,
		collab.ChangeView: true, collab.ChangeComment: true,
		collab.ChangeConflict: false, collab.ChangeResolve: false, collab.ChangeMember: false,
	} {
		change := &collab.Change{Type: of, EntityType: collab.TypeCall, EntityID: "cal_1", ActorID: "ann"}
		versions := of == collab.ChangeCreate || of == collab.ChangeUpdate || of == collab.ChangeDelete || of == collab.ChangeRestore
		if versions {
			change.Snapshot = &collab.Call{}
		}
		if got := (collab.ActivityQuery{}).Matches(change); got != want {
			t.Errorf("%s is activity: %t", of, got)
		}
		if got := (collab.ChangeQuery{}).Matches(change); got != versions {
			t.Errorf("%s is a change of an entity: %t", of, got)
		}
	}
}

func TestChangeQueryMatches(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		query collab.ChangeQuery
		want  bool
	}{
		{"everything", collab.ChangeQuery{}, true},
		{"an empty list", collab.ChangeQuery{Types: []collab.EntityType{}}, true},
		{"its kind", collab.ChangeQuery{Types: []collab.EntityType{collab.TypeCustomer, collab.TypeCall}}, true},
		{"another kind", collab.ChangeQuery{Types: []collab.EntityType{collab.TypeCustomer}}, false},
		{"itself", collab.ChangeQuery{EntityID: new(collab.ID("cal_1"))}, true},
		{"another one", collab.ChangeQuery{EntityID: new(collab.ID("cal_2"))}, false},
		{"its customer", collab.ChangeQuery{EntityID: new(collab.ID("cus_2"))}, false},
		{"itself, as another kind", collab.ChangeQuery{Types: []collab.EntityType{collab.TypeMeeting}, EntityID: new(collab.ID("cal_1"))}, false},
	}
	for _, test := range tests {
		if got := test.query.Matches(movedCall()); got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
}
