package collabtest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
)

// A StoreFixture is a database of the test's own.
type StoreFixture struct {
	// Store and Other were opened independently, as by two instances.
	Store, Other collab.Store
	// Prune takes the changes up to a position out of an organization's log.
	Prune func(t *testing.T, orgID collab.ID, upTo int64)
	// SetEpoch makes an organization's log another one.
	SetEpoch func(t *testing.T, orgID collab.ID, epoch uint32)
	// Dump is all rows of an organization in all tables, as text.
	Dump func(t *testing.T, orgID collab.ID) string
	// Remove takes a person out of an organization.
	Remove func(t *testing.T, orgID, userID collab.ID)
	// Exec runs a statement behind the store's back.
	Exec func(t *testing.T, text string)
	// Later is a statement that moves row 2 of the audit trail of org on by the least that a time has.
	Later string
}

// A storeTest is a test of the contract, which is called Method/Behaviour. Methods are those of collab.Store, except
// WriteState, WriteOrder and WriteRepeat, which are parts of Write, and Search, Access, Isolation and Erase, which several
// methods have in common.
type storeTest struct {
	name string
	run  func(*testing.T, StoreFixture)
}

// Store holds a collab.Store to its contract. open is called once, as every test
// works in an organization of its own.
func Store(t *testing.T, open func(t *testing.T) StoreFixture) {
	store(t, open, func(storeTest) bool { return true })
}

// StoreStatements is Store without amountTests. It is for a store that sends the same statements in another way, or as
// another user, and that Store holds to the whole contract in one of the ways.
func StoreStatements(t *testing.T, open func(t *testing.T) StoreFixture) {
	left := slices.Clone(amountTests)
	store(t, open, func(test storeTest) bool {
		i := slices.Index(left, test.name)
		if i >= 0 {
			left = slices.Delete(left, i, i+1)
		}
		return i < 0
	})
	if len(left) > 0 {
		t.Errorf("there are no tests of amounts called %v", left)
	}
}

func store(t *testing.T, open func(t *testing.T) StoreFixture, runs func(storeTest) bool) {
	f := open(t)
	for _, test := range pruningTests {
		t.Run(test.name, func(t *testing.T) { test.run(t, f) })
	}
	for _, test := range slices.Concat(
		writeTests, writeAllTests, stateTests, orderTests, repeatTests, logTests, activityTests, entityTests, listTests, gainedTests, searchTests, commentTests,
		peopleTests, conflictTests, notificationTests, burstTests, inboxTests, preferenceTests, defaultsTests, accessTests, hiddenTests, auditTests, isolationTests, personalTests, pushTests, jobTests, certificateTests,
	) {
		if runs(test) {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				test.run(t, f)
			})
		}
	}
}

// amountTests show bounds on rows and bytes. Other tests send all their statements too, with less in them, so they show
// nothing new when only the way of sending changes. They take a third of the time of all tests.
var amountTests = []string{
	"ClaimJobs/DeletesManyExpiredInParts", "ClaimJobs/BoundedForEachBrowser", "ClaimJobs/UrgentAndNewInAFullQueue",
	"BeginDigest/Bounded", "BeginDigest/BoundedAtOnce", "Index/BoundsTextOfABatch", "Mute/NoMoreThanMaxMutesAtOnce",
}

// pruningTests call Store.Prune, which takes what is old of every organization, or count what all of them have. So they run one by one, before the
// others begin.
var pruningTests = []storeTest{
	{"Prune/RemovesOldRowsFromAllTables", personalPruned},
	{"Prune/KeepsEndOfAuditTrail", auditEndTakenOut},
	{"LogStats/CountsAllLogs", logStats},
}

// patience bounds a wait. Only a failure uses it up.
const patience = time.Minute

// must returns the result of a call that has to succeed.
func must[T any](result T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
}

// equal compares two values by what they are in JSON, so that nil and an empty
// list are the same to the extent that a client can tell.
func equal(t testing.TB, what string, got, want any) {
	t.Helper()
	g, w := strings.Split(inJSON(t, got), "\n"), strings.Split(inJSON(t, want), "\n")
	for i := range max(len(g), len(w)) {
		if line(g, i) != line(w, i) {
			t.Errorf("%s differs in line %d of\n%s\nwhere it should say\n%s", what, i+1, around(g, i), around(w, i))
			return
		}
	}
}

func line(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

// around is a line with the few before and after it.
func around(lines []string, i int) string {
	return strings.Join(lines[max(0, min(i-5, len(lines))):min(i+6, len(lines))], "\n")
}

func inJSON(t testing.TB, v any) string {
	t.Helper()
	encoded, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

// idsOf are the ids of a list, in its order.
func idsOf[T any](list []T, id func(T) collab.ID) []collab.ID {
	ids := []collab.ID{}
	for _, item := range list {
		ids = append(ids, id(item))
	}
	return ids
}

func entityID(e collab.Entity) collab.ID              { return e.Common().ID }
func commentID(c *collab.Comment) collab.ID           { return c.ID }
func conflictID(c *collab.Conflict) collab.ID         { return c.ID }
func notificationID(n *collab.Notification) collab.ID { return n.ID }
func memberID(m *collab.Member) collab.ID             { return m.User.ID }

// positionsOf are the positions of changes, in their order.
func positionsOf(changes []*collab.Change) []int64 {
	positions := []int64{}
	for _, c := range changes {
		positions = append(positions, c.Cursor.Position)
	}
	return positions
}
