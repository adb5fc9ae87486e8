package collabtest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
)

var personalTests = []storeTest{
	{"Erase/RemovesPersonFromAllTables", personalErased},
	{"Erase/KeepsWhatOthersDid", personalErasedAmongOthers},
	{"Erase/ChangesTheInboxesOfOthers", personalErasedFromInboxes},
	{"Erase/LaterTokensTeachNothing", personalNotLearned},
	{"Erase/RemovesPersonFromConflicts", personalErasedFromConflicts},
	{"Personal/ReadsEverythingAboutAPerson", personalRead},
}

// words are those of bob's that must be gone when he is erased.
var words = []string{"Quirin", "quirin", "zwetschge", "Grmblfx", "device-7"}

// live has bob leave traces of himself everywhere, and returns the customer that
// most of them are about, and a comment of somebody else.
func live(c *company) (acme collab.ID, others *collab.Comment) {
	c.t.Helper()
	claims := collab.Claims{UserID: "bob", OrganizationID: c.id, Role: collab.RoleAdmin, Name: "Quirin Bob", Email: "quirin@example.com", Picture: "https://example.com/quirin.png"}
	must(Join(c.t.Context(), c.store, claims, c.now()))(c.t)
	bob := c.as("bob")
	acme = c.create(customer("Acme"))
	bob.edit(acme, func(e collab.Entity) { e.(*collab.Customer).OwnerID = new(collab.ID("bob")) })
	c.edit(acme, rename("Acme Ltd"))
	kickoff := meeting("Kick-off", &acme)
	kickoff.AttendeeIDs = []collab.ID{"bob"}
	c.create(kickoff)
	bob.comment(acme, "I like zwetschge", ann)
	others = c.comment(acme, "so do I", "bob")
	conflict := bob.collide(acme)
	conflict.DetectedForID, conflict.Patch = "bob", collab.Fields{"name": json.RawMessage(`"Grmblfx"`)}
	conflict.Fields[0].Local = collab.JSON(`"Grmblfx"`)
	bob.keep(conflict)
	c.write(collab.Intent{EntityID: acme}, func(st *collab.State) (*collab.Decision, error) {
		return &collab.Decision{
			Change: c.event(collab.ChangeAccess, st.Entity),
			Grant:  &collab.Grant{EntityID: acme, UserID: "bob", Level: collab.AccessRead, GrantedBy: ann, GrantedAt: c.now()},
		}, nil
	})
	bob.write(collab.Intent{EntityID: acme}, func(st *collab.State) (*collab.Decision, error) {
		change := bob.event(collab.ChangeView, st.Entity)
		change.Metadata, change.ClientMutationID = collab.JSON(`{"client":"Quirin's phone"}`), new(collab.ID("device-7"))
		for _, n := range []collab.Notification{
			{UserID: ann, Kind: collab.NotifyComment, Title: "Quirin Bob commented", Body: "Acme: I like zwetschge"},
			{UserID: "bob", Kind: collab.NotifyConflict, Title: "Your change conflicts", Body: "Acme: name, Quirin"},
		} {
			n.ID, n.EntityType, n.EntityID = collab.NewID("ntf", time.Now()), &change.EntityType, &change.EntityID
			n.ActorID, n.ActorIDs, n.Count, n.CreatedAt, n.UpdatedAt = &change.ActorID, []collab.ID{change.ActorID}, 1, change.OccurredAt, change.OccurredAt
			change.Notifications = append(change.Notifications, &n)
		}
		return &collab.Decision{Change: change}, nil
	})
	return acme, others
}

// erase commits the erasure of a person, and returns how many rows it touched.
func (c *company) erase(userID collab.ID) int {
	c.t.Helper()
	erasure := &collab.Erasure{UserID: userID, At: c.now()}
	intent := collab.Intent{OrgID: c.id, ActorID: c.actor, Admins: true, UserIDs: []collab.ID{userID}}
	written := must(c.store.Write(c.t.Context(), intent, func(*collab.State) (*collab.Decision, error) {
		return &collab.Decision{Change: &collab.Change{Type: collab.ChangeMember, ActorID: c.actor, OccurredAt: erasure.At}, Erasure: erasure}, nil
	}))(c.t)
	return written.Erased
}

func personalErased(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	acme, others := live(c)
	before := c.log(0)
	dump := f.Dump(t, c.id)
	for _, word := range words {
		if !strings.Contains(dump, word) {
			t.Errorf("before, no table has %q", word)
		}
	}
	if got := c.erase("bob"); got != 8 {
		t.Errorf("it touched %d rows, not 8: user, member, grant, comment, log, two notifications and a conflict", got)
	}
	dump = f.Dump(t, c.id)
	for _, word := range words {
		if i := strings.Index(dump, word); i >= 0 {
			t.Errorf("a table has %q still: %s", word, dump[max(0, i-100):i+100])
		}
	}
	if again := c.erase("bob"); again != 0 {
		t.Errorf("again, it touched %d rows", again)
	}

	equal(t, "member", c.through(f.Other).member("bob"), &collab.Member{Role: collab.RoleAdmin, Removed: true, User: &collab.User{ID: "bob", Name: collab.ErasedName, Erased: true}})
	users := must(f.Other.Users(t.Context(), c.id, []collab.ID{"bob", ann}))(t)
	if !users["bob"].Erased || users[ann].Erased || users["bob"].Email != nil {
		t.Errorf("users are %s", inJSON(t, users))
	}
	after := c.log(0)[:len(before)]
	for i := range before { // nothing else of the log is another
		before[i].Notifications, after[i].Notifications = nil, nil
		if before[i].ActorID == "bob" {
			before[i].Metadata, before[i].ClientMutationID = nil, nil
		}
	}
	equal(t, "log", after, before)
	equal(t, "entity", c.entity(acme).Common().Version, 3)
	if got := c.comments(acme); len(got) != 2 || got[0].Body != collab.ErasedText || got[1].Body != others.Body {
		t.Errorf("comments are %s", inJSON(t, got))
	}
	if told := must(f.Store.ListNotifications(t.Context(), c.scope(), ann, collab.NotificationQuery{Limit: 10}))(t); len(told) != 1 || told[0].Title != "Somebody commented" {
		t.Errorf("ann's notifications are %s", inJSON(t, told))
	}
	if levels := must(f.Store.Grants(t.Context(), c.id, "bob", []collab.ID{acme}))(t); len(levels) > 0 {
		t.Errorf("grants are %v", levels)
	}
}

// A notification of the changes of several people keeps what the others did. One without such a text is told by its kind, also if the
// name of the person is that of nobody.
func personalErasedAmongOthers(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob", "eve")
	bob := c.as("bob")
	bob.write(collab.Intent{EntityID: c.create(customer("Acme"))}, func(st *collab.State) (*collab.Decision, error) {
		change := bob.event(collab.ChangeView, st.Entity)
		for _, n := range []collab.Notification{
			{UserID: ann, Title: "Bob and 1 other wrote 2 comments on Acme", Body: "zwetschge", Burst: &collab.Burst{
				Nameless: &collab.Nameless{Title: "Somebody and 1 other wrote 2 comments on Acme", Body: collab.ErasedText}}},
			{UserID: "eve", Title: "Somebody commented", Body: "zwetschge"},
		} {
			n.ID, n.Kind, n.Count, n.EntityType, n.EntityID = collab.NewID("ntf", time.Now()), collab.NotifyComment, 2, &change.EntityType, &change.EntityID
			n.ActorID, n.ActorIDs, n.CreatedAt, n.UpdatedAt = &change.ActorID, []collab.ID{change.ActorID, "cem"}, change.OccurredAt, change.OccurredAt
			change.Notifications = append(change.Notifications, &n)
		}
		return &collab.Decision{Change: change}, nil
	})
	c.erase("bob")
	for person, title := range map[collab.ID]string{ann: "Somebody and 1 other wrote 2 comments on Acme", "eve": "Somebody commented"} {
		told := must(f.Other.ListNotifications(t.Context(), c.scope(), person, collab.NotificationQuery{Limit: 10}))(t)
		if len(told) != 1 || told[0].Title != title || told[0].Body != collab.ErasedText {
			t.Errorf("%s's notifications are %s", person, inJSON(t, told))
		}
	}
}

// The clients of other people learn the texts that are left of notifications which named the person, and of no others.
func personalErasedFromInboxes(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob", "cem")
	id := c.create(customer("Acme"))
	named := c.as("bob").tell(id, ann, "bob", "cem").Notifications[0]
	c.tell(id, ann)
	var earlier *collab.Notification // by cem, after bob
	c.as("cem").write(collab.Intent{EntityID: id}, func(st *collab.State) (*collab.Decision, error) {
		change := c.as("cem").event(collab.ChangeView, st.Entity)
		earlier = &collab.Notification{ID: collab.NewID("ntf", time.Now()), UserID: ann, Kind: collab.NotifyComment, Title: "Cem and 1 other",
			EntityType: &change.EntityType, EntityID: &change.EntityID, ActorID: &change.ActorID, ActorIDs: []collab.ID{"cem", "bob"}, Count: 2,
			CreatedAt: change.OccurredAt, UpdatedAt: change.OccurredAt}
		change.Notifications = append(change.Notifications, earlier)
		return &collab.Decision{Change: change}, nil
	})
	seen, before := c.inbox(collab.InboxQuery{}).Mark, c.inboxSequence()
	c.erase("bob")
	changed := c.through(f.Other).inbox(collab.InboxQuery{Since: &seen}).Changed
	equal(t, "changed", idsOf(changed, notificationID), []collab.ID{earlier.ID, named.ID})
	equal(t, "titles", []string{changed[0].Title, changed[1].Title}, []string{earlier.Title, named.Kind.Discreet(1)})
	equal(t, "people whose inbox changed", c.through(f.Other).changedInboxes(before), []collab.ID{ann, "cem"})
}

// A conflict that moved on has values of several people. Those of who is erased go, and
// all of them where an older release did not keep whose they are.
func personalErasedFromConflicts(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob", "eve")
	id := c.create(customer("Acme"))
	values := func() *collab.Conflict {
		return &collab.Conflict{
			ID: collab.NewID("cfl", time.Now()), EntityType: collab.TypeCustomer, EntityID: id, DetectedForID: "bob",
			Fields: []*collab.FieldConflict{{Field: "name", Local: collab.JSON(`"Bob's"`)}, {Field: "phone", Local: collab.JSON(`"Eve's"`)}},
			Patch:  collab.Fields{"name": json.RawMessage(`"Bob's"`), "phone": json.RawMessage(`"Eve's"`)},
		}
	}
	older := values()
	c.as("bob").keep(older) // whose first edit it was
	older.DetectedForID = "eve"
	c.as("eve").keep(older)
	moved := values()
	moved.DetectedForID, moved.Authors = "eve", map[string]collab.ID{"name": "bob"}
	c.as("eve").keep(moved)
	others := values()
	others.DetectedForID, others.Authors = "eve", map[string]collab.ID{}
	c.as("bob").keep(others)

	c.erase("bob")
	got := must(f.Other.Conflicts(t.Context(), c.scope(), []collab.ID{older.ID, moved.ID, others.ID}))(t)
	equal(t, "of nobody known", got[older.ID].Patch, collab.Fields{})
	equal(t, "of both", got[moved.ID].Patch, collab.Fields{"phone": json.RawMessage(`"Eve's"`)})
	equal(t, "authors", got[moved.ID].Authors, map[string]collab.ID{})
	equal(t, "local", got[moved.ID].Fields[0].Local, nil)
	equal(t, "local of another", got[moved.ID].Fields[1].Local, others.Fields[1].Local)
	equal(t, "of others", got[others.ID].Patch, others.Patch)
}

func personalNotLearned(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	live(c)
	c.erase("bob")
	claims := collab.Claims{UserID: "bob", OrganizationID: c.id, Role: collab.RoleAdmin, Name: "Quirin", Email: "quirin@example.com"}
	if change := must(Join(t.Context(), f.Other, claims, c.now()))(t); change != nil {
		t.Errorf("joined by %s", inJSON(t, change))
	}
	if got := f.Dump(t, c.id); strings.Contains(strings.ToLower(got), "quirin") {
		t.Error("the name is there again")
	}
}

func personalRead(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	live(c)
	c.join("eve")
	c.as("eve").comment(c.create(customer("Else")), "not about him", ann)
	secret := customer("Secret")
	secret.Visibility, secret.OwnerID = collab.VisibleRestricted, new(collab.ID(ann))
	hidden := c.create(secret)
	c.as("bob").view(hidden)
	if !c.tryWatch(collab.Scope{OrgID: c.id, All: true}, "bob", hidden, false, 9) {
		t.Fatal("bob has no choice")
	}

	kinds := map[string]int{}
	count := func(record collab.PersonalRecord, isHidden bool) error {
		switch record := record.(type) {
		case *collab.Grant:
			kinds["grants"]++
		case collab.Entity:
			kinds["entities"]++
		case *collab.Change:
			kinds["changes"]++
			if isHidden != (record.EntityID == hidden) {
				t.Errorf("hidden is %v of %s", isHidden, inJSON(t, record))
			}
		case *collab.Comment:
			kinds["comments"]++
		case *collab.Conflict:
			kinds["conflicts"]++
		case *collab.Notification:
			kinds["notifications"]++
		case *collab.Watch:
			kinds["watches"]++
			equal(t, "watch", *record, collab.Watch{EntityID: hidden, UserID: "bob", ChosenAt: record.ChosenAt})
			equal(t, "whether its entity is hidden", isHidden, true)
		}
		return nil
	}
	asOf := must(f.Other.Personal(t.Context(), collab.Scope{OrgID: c.id, UserID: "bob"}, "bob", count))(t)
	if asOf != c.head().Cursor {
		t.Errorf("it is as of %v, and the head is %v", asOf, c.head().Cursor)
	}
	// The changes: joined, edited, renamed (it has his id as the owner), the meeting,
	// commented, two of the conflict, viewed, viewed the secret.
	equal(t, "records", kinds, map[string]int{"grants": 1, "entities": 2, "changes": 9, "comments": 2, "conflicts": 1, "notifications": 2, "watches": 1})
	if none := must(f.Other.Personal(t.Context(), collab.Scope{OrgID: "none"}, "bob", count))(t); none != (collab.Cursor{}) {
		t.Errorf("of no organization it is as of %v", none)
	}
}
