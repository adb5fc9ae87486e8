package collabtest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
)

var writeTests = []storeTest{
	{"Write/CommitsEntityAndLogTogether", writeCommits},
	{"Write/KeepsWholeChange", writeKeepsWhole},
	{"Write/KeepsTextUnchanged", writeKeepsText},
	{"Write/NoChangeLeavesNoTrace", writeNothing},
	{"Write/ErrorOfDecideLeavesNoTrace", writeDecideFails},
	{"Write/PanicOfDecideLeavesNoTrace", writeDecidePanics},
	{"Write/EndedContextLeavesNoTrace", writeContextEnds},
	{"Write/RefusesVersionGap", writeVersionSkips},
	{"Write/RefusesUnknownOrganization", writeUnknownOrganization},
	{"Write/ReadsDeletedEntity", writeDeletedEntity},
	{"Write/ConnectionsSurviveFailures", writeAfterManyFailures},
	{"Write/CarriesEpochOfLog", writeOtherEpoch},
}

func writeCommits(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	before := c.head()
	acme := customer("Acme")
	change := c.write(collab.Intent{}, c.creating(acme))

	want := collab.Cursor{Epoch: before.Epoch, Position: before.Position + 1}
	if change.Cursor != want || change.Snapshot.Common().Cursor != want || change.OrgID != c.id {
		t.Errorf("change of %s at %v, snapshot at %v, want both at %v", change.OrgID, change.Cursor, change.Snapshot.Common().Cursor, want)
	}
	if head := c.through(f.Other).head(); head.Cursor != want {
		t.Errorf("head is %v, want %v", head.Cursor, want)
	}
	got := c.through(f.Other).entity(acme.ID)
	equal(t, "entity", got, acme)
	if got.Common().Cursor != want {
		t.Errorf("entity at %v, want %v", got.Common().Cursor, want)
	}
	equal(t, "log", c.through(f.Other).log(before.Position), []*collab.Change{change})
}

// everything is a change that has whatever a change can have.
func everything(c *company, e collab.Entity) *collab.Change {
	change := c.change(collab.ChangeCreate, e)
	change.PriorCustomerID = new(collab.ID("cus_before"))
	change.ClientMutationID = new(collab.ID("7c9e6679-7425-40de-944b-e07fc1f90ae7"))
	change.Merged = true
	change.Audience = []collab.ID{"ann", "bob"}
	change.AccessEffects = &collab.AccessEffects{People: map[collab.ID]collab.Effect{"bob": collab.EffectGained}, Others: collab.EffectLost}
	change.CommentID, change.ConflictID = new(collab.ID("com_1")), new(collab.ID("cfl_1"))
	change.Batch = &collab.Batch{ID: "bat_1", Index: 3, Size: 7, Follows: true}
	change.Metadata = collab.JSON(`{"rows":[1,2,null],"source":"import"}`)
	change.Fields = []*collab.FieldChange{
		{Field: "name", OldValue: collab.JSON(`null`), NewValue: collab.JSON(`"M\u0026M \u003cb\u003e 👩‍👩‍👧"`)},
		{Field: "tags", OldValue: collab.JSON(`[]`), NewValue: collab.JSON(`["a","b"]`)},
	}
	change.Notifications = []*collab.Notification{
		{
			ID: collab.NewID("ntf", time.Now()), UserID: ann, Kind: collab.NotifyAssignment, Title: awkwardText, Body: awkwardText,
			EntityType: &change.EntityType, EntityID: &change.EntityID, ActorID: &change.ActorID, ActorIDs: []collab.ID{change.ActorID, "bob"}, Count: 2,
			Burst: &collab.Burst{Act: "changed", Fields: []string{"name", awkwardText}, Comments: 2, Nameless: &collab.Nameless{Title: awkwardText}}, CreatedAt: change.OccurredAt, UpdatedAt: change.OccurredAt,
		},
		{ID: collab.NewID("ntf", time.Now()), UserID: "bob", Kind: collab.NotifyMention, Count: 1, CreatedAt: change.OccurredAt, UpdatedAt: change.OccurredAt},
	}
	return change
}

func writeKeepsWhole(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	before := c.head()
	change := c.write(collab.Intent{}, func(*collab.State) (*collab.Decision, error) {
		e := fullMeeting(c)
		return &collab.Decision{Change: everything(c, e)}, nil
	})
	for i, n := range change.Notifications {
		if n.Cursor != change.Cursor {
			t.Errorf("notification %d at %v, want %v", i, n.Cursor, change.Cursor)
		}
	}
	for _, got := range [][]*collab.Change{
		c.through(f.Other).log(before.Position),
		must(f.Other.EntityChanges(t.Context(), collab.Scope{OrgID: c.id, UserID: "bob"}, before.Position, collab.ChangeQuery{}, 10))(t),
	} {
		equal(t, "log", got, []*collab.Change{change})
		if got[0].Snapshot.Common().Cursor != change.Cursor {
			t.Errorf("snapshot at %v, want %v", got[0].Snapshot.Common().Cursor, change.Cursor)
		}
		// Merging compares values by their bytes, so a store may not reformat them.
		for i, field := range change.Fields {
			if kept := got[0].Fields[i]; string(kept.NewValue) != string(field.NewValue) {
				t.Errorf("%s came back as %s, want %s", field.Field, kept.NewValue, field.NewValue)
			}
		}
	}
}

// fullMeeting is a first version in which every field is set.
func fullMeeting(c *company) collab.Entity {
	m := meeting(awkwardText, new(collab.ID("cus_1")))
	m.ID, m.Version, m.CreatedBy, m.UpdatedBy = collab.NewID("mtg", time.Now()), 1, ann, ann
	m.CreatedAt = c.now()
	m.UpdatedAt = m.CreatedAt
	m.OwnerID, m.AttendeeIDs = new(ann), []collab.ID{ann, "bob"}
	m.Location, m.Agenda, m.Notes = new(awkwardText), new(awkwardText), new(awkwardText)
	return m
}

func writeKeepsText(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	for name, text := range map[string]string{
		"empty":   "",
		"awkward": awkwardText,
		"20k":     strings.Repeat("é日🙂\n", 5000),
		"quotes":  `'";--\' \u0041 $1 ? ?1 :a @b %s {{}}`,
		"spaces":  " \t\r\n  ends with a space ",
	} {
		e := customer(name)
		e.Notes, e.Tags = &text, []string{text + "x"}
		id := c.create(e)
		if got := c.entity(id).(*collab.Customer); *got.Notes != text || got.Tags[0] != text+"x" {
			t.Errorf("%s came back as %.50q, tag %.50q", name, *got.Notes, got.Tags[0])
		}
		if comment := c.comment(id, text); c.comments(id)[0].Body != text {
			t.Errorf("%s came back as %.50q in comment %s", name, c.comments(id)[0].Body, comment.ID)
		}
	}
}

func writeNothing(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	for _, decision := range []*collab.Decision{{}, {Comment: &collab.Comment{ID: "com_x", EntityID: "ent_x"}}} {
		unchanged(t, c, func() {
			change, err := c.tryWrite(collab.Intent{}, func(*collab.State) (*collab.Decision, error) { return decision, nil })
			if change != nil || err != nil {
				t.Errorf("answered %v, %v", change, err)
			}
		})
	}
}

// unchanged checks that whatever write does leaves no trace, and no gap: the
// next change follows on the last one.
func unchanged(t *testing.T, c *company, write func()) {
	t.Helper()
	before := c.head()
	write()
	if after := c.head(); after != before {
		t.Errorf("head went from %v to %v", before, after)
	}
	if got := c.log(before.Position); len(got) > 0 {
		t.Errorf("the log has grown by %d", len(got))
	}
	change := c.write(collab.Intent{}, c.creating(customer("next")))
	if change.Cursor.Position != before.Position+1 {
		t.Errorf("the next change is at %d after %d", change.Cursor.Position, before.Position)
	}
}

func writeDecideFails(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	want := &collab.EntityGone{EntityID: id}
	unchanged(t, c, func() {
		_, err := c.tryWrite(collab.Intent{EntityID: id}, func(*collab.State) (*collab.Decision, error) {
			return &collab.Decision{Change: c.event(collab.ChangeView, customer(""))}, want
		})
		if got, ok := errors.AsType[*collab.EntityGone](err); !ok || got != want {
			t.Errorf("the error of decide came back as %v", err)
		}
	})
}

func writeDecidePanics(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	unchanged(t, c, func() {
		defer func() {
			if p := recover(); p != "oops" {
				t.Errorf("recovered %v", p)
			}
		}()
		_, _ = c.tryWrite(collab.Intent{EntityID: id}, func(*collab.State) (*collab.Decision, error) { panic("oops") })
	})
	c.edit(id, rename("not locked any more"))
}

func writeContextEnds(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	unchanged(t, c, func() {
		ctx, cancel := context.WithCancel(t.Context())
		decide := c.editing(collab.ChangeUpdate, rename("never"))
		_, err := c.store.Write(ctx, collab.Intent{OrgID: c.id, ActorID: ann, EntityID: id}, func(st *collab.State) (*collab.Decision, error) {
			cancel()
			return decide(st)
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("answered %v", err)
		}
		_, err = c.store.Write(ctx, collab.Intent{OrgID: c.id, ActorID: ann, EntityID: id}, decide)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("with a context that had ended, answered %v", err)
		}
	})
	if got := c.entity(id).DisplayName(); got != "Acme" {
		t.Errorf("the entity is %q", got)
	}
	c.edit(id, rename("not locked any more"))
}

func writeVersionSkips(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	for _, step := range []int{-1, 1} {
		unchanged(t, c, func() {
			_, err := c.tryWrite(collab.Intent{EntityID: id}, c.editing(collab.ChangeUpdate, func(e collab.Entity) { e.Common().Version += step }))
			if err == nil {
				t.Error("was committed")
			}
		})
	}
	// Made anew without a look at the one that is there.
	again := customer("Acme again")
	again.ID = id
	unchanged(t, c, func() {
		if _, err := c.tryWrite(collab.Intent{}, c.creating(again)); err == nil {
			t.Error("was created twice")
		}
	})
}

func writeUnknownOrganization(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.id += "x"
	if change, err := c.tryWrite(collab.Intent{}, c.creating(customer("Acme"))); err == nil {
		t.Errorf("committed %v", change)
	}
	if heads := must(c.store.Heads(t.Context(), []collab.ID{c.id}))(t); len(heads) > 0 {
		t.Errorf("the organization has the head %v", heads)
	}
}

func writeDeletedEntity(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	c.remove(id)
	if c.entity(id) != nil {
		t.Error("a deleted entity is there")
	}
	c.write(collab.Intent{EntityID: id}, func(st *collab.State) (*collab.Decision, error) {
		if st.Entity == nil || st.Entity.Common().DeletedAt == nil {
			t.Errorf("the state has %v", st.Entity)
		}
		return &collab.Decision{}, nil
	})
	c.restore(id)
	if got := c.entity(id); got == nil || got.Common().Version != 3 {
		t.Errorf("restored, it is %v", got)
	}
}

func writeAfterManyFailures(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	for range 100 {
		_, err := c.tryWrite(collab.Intent{EntityID: id}, func(*collab.State) (*collab.Decision, error) { return nil, errNotThere })
		if !errors.Is(err, errNotThere) {
			t.Fatal(err)
		}
	}
	c.edit(id, rename("still works"))
}

func writeOtherEpoch(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	f.SetEpoch(t, c.id, 4_294_967_295)
	change := c.edit(id, rename("Ajax"))
	if change.Cursor.Epoch != 4_294_967_295 || c.entity(id).Common().Cursor != change.Cursor {
		t.Errorf("change at %v, entity at %v", change.Cursor, c.entity(id).Common().Cursor)
	}
}
