package demo_test

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/demo"
	"tandem/internal/sqlite"
)

var (
	scope = collab.Scope{OrgID: demo.OrganizationID}
	// now is a Monday early in the morning, when the last hour is outside working hours.
	now = time.Date(2026, 5, 11, 4, 33, 12, 345_678_901, time.UTC)
)

func openStore(t *testing.T) *sqlite.Store {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "tandem.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	return store
}

func seed(t *testing.T, store collab.Store, now time.Time) demo.Examples {
	t.Helper()
	examples, err := demo.Seed(t.Context(), store, slog.New(slog.DiscardHandler), now)
	if err != nil {
		t.Fatal(err)
	}
	return examples
}

// logOf reads the whole log.
func logOf(t *testing.T, store collab.Store) []*collab.Change {
	t.Helper()
	changes, err := store.Changes(t.Context(), demo.OrganizationID, 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

// A line is the part of a change that is equal in two runs of the plan: everything except the
// random part of the ids.
type line struct {
	change collab.ChangeType
	entity collab.EntityType
	name   string
	actor  collab.ID
	at     time.Time
}

func linesOf(t *testing.T, store collab.Store) []line {
	t.Helper()
	var lines []line
	for _, c := range logOf(t, store) {
		l := line{change: c.Type, entity: c.EntityType, actor: c.ActorID, at: c.OccurredAt.Time}
		if c.Snapshot != nil {
			l.name = c.Snapshot.DisplayName()
		}
		lines = append(lines, l)
	}
	return lines
}

func TestSeed(t *testing.T) {
	t.Parallel()
	store := openStore(t)
	examples := seed(t, store, now)
	t.Run("the company is there", func(t *testing.T) { checkCompany(t, store) })
	t.Run("the log is a history", func(t *testing.T) { checkLog(t, logOf(t, store)) })
	t.Run("conflicts are open", func(t *testing.T) { checkConflicts(t, store) })
	t.Run("the examples are worth looking at", func(t *testing.T) { checkExamples(t, store, examples) })

	before := linesOf(t, store)
	if again := seed(t, store, now.Add(time.Hour)); again != examples {
		t.Errorf("seeded again, the examples are %v, not %v", again, examples)
	}
	if after := linesOf(t, store); !slices.Equal(before, after) {
		t.Errorf("seeding again changed the log from %d to %d changes", len(before), len(after))
	}
	checkReplaced(t, store, examples)
}

func checkCompany(t *testing.T, store collab.Store) {
	members, err := store.Members(t.Context(), demo.OrganizationID, nil, 100)
	if err != nil {
		t.Fatal(err)
	}
	roles := map[collab.Role]int{}
	for _, m := range members {
		roles[m.Role]++
	}
	if want := (map[collab.Role]int{collab.RoleAdmin: 1, collab.RoleMember: 3, collab.RoleViewer: 1}); !maps.Equal(roles, want) {
		t.Errorf("the roles are %v, want %v", roles, want)
	}
	for entity, want := range map[collab.EntityType]int{collab.TypeCustomer: 60, collab.TypeCall: 120, collab.TypeMeeting: 60, collab.TypeDeal: 10} {
		if got, err := store.CountEntities(t.Context(), scope, collab.EntityQuery{Type: entity}); got.N != want || err != nil {
			t.Errorf("there are %+v of %s (%v), want %d", got, entity, err, want)
		}
	}
	all := collab.Scope{OrgID: demo.OrganizationID, All: true}
	for entity, want := range map[collab.EntityType]int{collab.TypeCustomer: 61, collab.TypeMeeting: 61} {
		if got, err := store.CountEntities(t.Context(), all, collab.EntityQuery{Type: entity}); got.N != want || err != nil {
			t.Errorf("with what is confidential there are %+v of %s (%v), want %d", got, entity, err, want)
		}
	}
	for _, query := range []collab.EntityQuery{
		{Type: collab.TypeCall, StartsAfter: &collab.Time{Time: now}, Status: []string{"SCHEDULED"}},
		{Type: collab.TypeCall, Status: []string{"COMPLETED"}},
		{Type: collab.TypeCall, Status: []string{"MISSED"}},
		{Type: collab.TypeMeeting, StartsAfter: &collab.Time{Time: now}, Status: []string{"SCHEDULED"}},
		{Type: collab.TypeMeeting, Status: []string{"COMPLETED"}},
		{Type: collab.TypeCustomer, Search: "由紀"},
	} {
		if got, err := store.CountEntities(t.Context(), scope, query); got.N == 0 || err != nil {
			t.Errorf("nothing answers %+v (%v)", query, err)
		}
	}
}

func checkLog(t *testing.T, changes []*collab.Change) {
	if n := len(changes); n < 650 || n > 1000 {
		t.Errorf("the log has %d changes", n)
	}
	seen := map[collab.ChangeType]int{}
	for i, c := range changes {
		seen[c.Type]++
		if i > 0 && !c.OccurredAt.After(changes[i-1].OccurredAt.Time) {
			t.Errorf("the change %d is of %v, the one before of %v", c.Cursor.Position, c.OccurredAt, changes[i-1].OccurredAt)
		}
	}
	for _, want := range append(slices.Clone(collab.ActivityTypes), collab.ChangeConflict, collab.ChangeMember) {
		if seen[want] == 0 {
			t.Errorf("there is no change of type %s", want)
		}
	}
	first, last := changes[0].OccurredAt, changes[len(changes)-1].OccurredAt
	if now.Sub(first.Time) < 8*7*24*time.Hour || now.Sub(last.Time) > 5*time.Minute || last.After(now) {
		t.Errorf("the history is from %v to %v, now is %v", first, last, now)
	}
	if !slices.ContainsFunc(changes, func(c *collab.Change) bool { return c.Merged }) {
		t.Error("no change was merged")
	}
}

func checkConflicts(t *testing.T, store collab.Store) {
	conflicts, err := store.ListConflicts(t.Context(), scope, collab.ConflictQuery{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	open := map[collab.EntityType]int{}
	ended := 0
	for _, c := range conflicts {
		if c.Resolution != nil {
			ended++
			continue
		}
		open[c.EntityType]++
	}
	want := map[collab.EntityType]int{collab.TypeCustomer: 1, collab.TypeCall: 1, collab.TypeMeeting: 1, collab.TypeDeal: 1}
	if !maps.Equal(open, want) || ended != 1 {
		t.Errorf("open conflicts are %v and ended ones %d, want %v and 1", open, ended, want)
	}
}

func checkExamples(t *testing.T, store collab.Store, examples demo.Examples) {
	ids := []collab.ID{examples.CustomerID, examples.CallID, examples.MeetingID, examples.DealID}
	found, err := store.Entities(t.Context(), scope, ids)
	if err != nil || len(found) != len(ids) {
		t.Fatalf("of %v there is %v (%v)", ids, found, err)
	}
	for _, id := range ids[1:] {
		if of := found[id].Indexed(); *of.CustomerID != examples.CustomerID || of.StartsAt.Before(now) {
			t.Errorf("%s is of %s, at %v", found[id].DisplayName(), *of.CustomerID, of.StartsAt)
		}
	}
	for _, entity := range []collab.EntityType{collab.TypeCall, collab.TypeMeeting} {
		if n, err := store.CountRelated(t.Context(), scope, ids[:1], entity); n[ids[0]] < 2 || err != nil {
			t.Errorf("the customer has %v of %s (%v)", n, entity, err)
		}
	}
	if n, err := store.CountComments(t.Context(), scope, ids[:1]); n[ids[0]] < 3 || err != nil {
		t.Errorf("the customer has %v comments (%v)", n, err)
	}
	if version := found[ids[0]].Common().Version; version < 5 {
		t.Errorf("the customer has only the version %d", version)
	}
}

// checkReplaced deletes the example customer, and looks for another one.
func checkReplaced(t *testing.T, store collab.Store, examples demo.Examples) {
	ctx := t.Context()
	service := collab.NewService(store, nobody{}, nil, slog.New(slog.DiscardHandler), time.Now)
	admin, err := service.Admit(ctx, demo.People()[0])
	if err != nil {
		t.Fatal(err)
	}
	found, err := store.Entities(ctx, scope, []collab.ID{examples.CustomerID})
	if err != nil {
		t.Fatal(err)
	}
	version := found[examples.CustomerID].Common().Version
	if _, err := service.Delete(ctx, admin, collab.Delete{ID: examples.CustomerID, BaseVersion: version}); err != nil {
		t.Fatal(err)
	}
	if other := seed(t, store, now).CustomerID; other == examples.CustomerID || other.Prefix() != "cus" {
		t.Errorf("with %s deleted, the example is %s", examples.CustomerID, other)
	}
}

type nobody struct{}

func (nobody) Announce(context.Context, *collab.Change) error          { return nil }
func (nobody) Listen(context.Context, func(*collab.Change))            {}
func (nobody) AnnounceMarks(context.Context, collab.InboxMarked) error { return nil }
func (nobody) ListenMarks(context.Context, func(collab.InboxMarked))   {}

var errKilled = errors.New("killed")

// A dying store commits some writes, and then one more that it reports as failed.
type dying struct {
	collab.Store
	left int
}

func (d *dying) Write(ctx context.Context, intent collab.Intent, decide collab.Decide) (*collab.Written, error) {
	if d.left < 0 {
		return nil, errKilled
	}
	written, err := d.Store.Write(ctx, intent, decide)
	if d.left--; d.left < 0 {
		err = cmp.Or(err, errKilled)
	}
	return written, err
}

func TestSeedCompletes(t *testing.T) {
	t.Parallel()
	whole := openStore(t)
	seed(t, whole, now)
	want := linesOf(t, whole)
	store := openStore(t)
	// Each run gets further than the one before, and starts later.
	for run, writes := range []int{0, 1, 300, 640} {
		_, err := demo.Seed(t.Context(), &dying{store, writes}, slog.New(slog.DiscardHandler), now.Add(time.Duration(run)*time.Hour))
		if !errors.Is(err, errKilled) {
			t.Fatalf("the run with %d writes ended with %v", writes, err)
		}
		if got := linesOf(t, store); !slices.Equal(got, want[:len(got)]) {
			t.Errorf("after %d writes the log is not the beginning of the whole one", writes)
		}
	}
	seed(t, store, now.Add(9*time.Hour))
	if got := linesOf(t, store); !slices.Equal(got, want) {
		t.Errorf("completed, the log has %d changes and not the same %d", len(got), len(want))
	}
}

func TestSeedTogether(t *testing.T) {
	t.Parallel()
	store := openStore(t)
	var examples [2]demo.Examples
	var errs [2]error
	var starting sync.WaitGroup
	for i := range examples {
		starting.Go(func() {
			examples[i], errs[i] = demo.Seed(t.Context(), store, slog.New(slog.DiscardHandler), now.Add(time.Duration(i)*time.Second))
		})
	}
	starting.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	if examples[0] != examples[1] {
		t.Errorf("one instance has the examples %v, the other %v", examples[0], examples[1])
	}
	checkCompany(t, store)
	checkConflicts(t, store)
}

func BenchmarkSeed(b *testing.B) {
	for b.Loop() {
		store, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "tandem.db"))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := demo.Seed(b.Context(), store, slog.New(slog.DiscardHandler), now); err != nil {
			b.Fatal(err)
		}
		store.Close()
	}
}
