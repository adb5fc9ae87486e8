package collabtest

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"tandem/internal/collab"
)

var repeatTests = []storeTest{
	{"WriteRepeat/FindsFirst", repeatFinds},
	{"WriteRepeat/ConcurrentCreatesApplyOnce", repeatAtOnce},
	{"WriteRepeat/ConcurrentUpdatesApplyOnce", repeatUpdateAtOnce},
	{"WriteRepeat/KeepsActorsAndOrganizationsApart", repeatOfAnother},
	{"WriteRepeat/FirstAfterFailure", repeatAfterFailure},
	{"WriteRepeat/FindsFingerprint", repeatFingerprint},
}

// A sameAgain writes once for a clientMutationId, and keeps what the repeats find.
type sameAgain struct {
	*company
	mutationID collab.ID
	mu         sync.Mutex // guards earlier and made
	earlier    []*collab.Change
	made       []*collab.Change
}

// send makes the write through a store, unless it was made before.
func (s *sameAgain) send(store collab.Store, entityID collab.ID, decide collab.Decide) error {
	var earlier *collab.Change
	intent := collab.Intent{EntityID: entityID, ClientMutationID: &s.mutationID}
	change, err := s.through(store).tryWrite(intent, func(st *collab.State) (*collab.Decision, error) {
		if earlier = st.Earlier; earlier != nil {
			return &collab.Decision{}, nil
		}
		decision, err := decide(st)
		if err == nil {
			decision.Change.ClientMutationID = &s.mutationID
		}
		return decision, err
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	if change != nil {
		s.made = append(s.made, change)
	}
	if earlier != nil {
		s.earlier = append(s.earlier, earlier)
	}
	return err
}

// once checks that one was made, and that all others found it.
func (s *sameAgain) once(sent int) {
	s.t.Helper()
	if len(s.made) != 1 || len(s.earlier) != sent-1 {
		s.t.Fatalf("of %d sent, %d were made and %d found an earlier one", sent, len(s.made), len(s.earlier))
	}
	for _, earlier := range s.earlier {
		made := *s.made[0]
		made.PriorUpdatedAt = nil // which is read with the log only
		equal(s.t, "earlier", earlier, &made)
		if earlier.Cursor != s.made[0].Cursor || earlier.Snapshot.Common().Cursor != s.made[0].Cursor {
			s.t.Errorf("found at %v, made at %v", earlier.Cursor, s.made[0].Cursor)
		}
	}
}

func repeatFinds(t *testing.T, f StoreFixture) {
	s := &sameAgain{company: found(t, f.Store), mutationID: "m1"}
	for i := range 3 {
		if err := s.send(everySecond(f, i), "", s.creating(customer("Acme"))); err != nil {
			t.Fatal(err)
		}
		s.create(customer("in between"))
	}
	s.once(3)
}

func repeatAtOnce(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	for round := range 5 {
		before := c.head()
		s := &sameAgain{company: c, mutationID: collab.ID(fmt.Sprint("m", round))}
		together(t, 2*writers, func(i int) error {
			return s.send(everySecond(f, i), "", s.creating(customer(fmt.Sprint("Acme ", i))))
		})
		s.once(2 * writers)
		if got := c.head().Position - before.Position; got != 1 {
			t.Errorf("the log has grown by %d", got)
		}
	}
}

func repeatUpdateAtOnce(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(call("counted", nil))
	for round := range 5 {
		s := &sameAgain{company: c, mutationID: collab.ID(fmt.Sprint("m", round))}
		together(t, 2*writers, func(i int) error {
			return s.send(everySecond(f, i), id, s.editing(collab.ChangeUpdate, countUp))
		})
		s.once(2 * writers)
	}
	if got := c.entity(id).(*collab.Call); *got.DurationSeconds != 5 {
		t.Errorf("counted to %d", *got.DurationSeconds)
	}
}

func repeatOfAnother(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	for _, c := range []*company{c, c.as("bob"), found(t, f.Store)} {
		s := &sameAgain{company: c, mutationID: "m1"}
		if err := s.send(f.Store, "", s.creating(customer("Acme"))); err != nil {
			t.Fatal(err)
		}
		s.once(1)
	}
}

func repeatFingerprint(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	for id, fingerprint := range map[collab.ID]string{"m1": "an input", "m2": ""} {
		found := "none"
		for _, store := range []collab.Store{f.Store, f.Other} {
			intent := collab.Intent{ClientMutationID: &id}
			must(c.through(store).tryWrite(intent, func(st *collab.State) (*collab.Decision, error) {
				if st.Earlier != nil {
					found = st.Earlier.Fingerprint
					return &collab.Decision{}, nil
				}
				decision, err := c.creating(customer("Acme"))(st)
				decision.Change.ClientMutationID, decision.Change.Fingerprint = &id, fingerprint
				return decision, err
			}))(t)
		}
		equal(t, "fingerprint", found, fingerprint)
	}
	c.as(ann).erase(ann)
	if dump := f.Dump(t, c.id); strings.Contains(dump, "an input") {
		t.Error("the fingerprint is there after an erasure")
	}
}

func repeatAfterFailure(t *testing.T, f StoreFixture) {
	s := &sameAgain{company: found(t, f.Store), mutationID: "m1"}
	err := s.send(f.Store, "", func(*collab.State) (*collab.Decision, error) { return nil, errNotThere })
	if err == nil {
		t.Fatal("did not fail")
	}
	if err := s.send(f.Store, "", s.creating(customer("Acme"))); err != nil {
		t.Fatal(err)
	}
	s.once(1)
}
