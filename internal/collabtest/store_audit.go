package collabtest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/internal/collab"
)

var auditTests = []storeTest{
	{"Audit/CommitsWithItsWrite", auditWithWrite},
	{"Audit/WithoutWrite", auditOfNoWrite},
	{"Audit/FailedWriteHasNoRow", auditOfFailure},
	{"Audit/NumbersAreDense", auditDense},
	{"AuditTrail/Filters", auditNarrowed},
	{"Audit/Erasure", auditErased},
	{"Audit/OfErasedPerson", auditOfErased},
	{"AuditedOrgs/Pages", auditOrgs},
	{"CheckAudit/FindsTampering", auditTampered},
	{"CheckAudit/ExpectedEnd", auditExpected},
}

// audited begins an entry of the company's writer.
func (c *company) audited(action collab.AuditAction, subject collab.ID) *collab.AuditEntry {
	return &collab.AuditEntry{
		OccurredAt: c.now(), Action: action, ActorID: c.actor, SubjectID: subject, EntityID: "cus_1",
		Origin: collab.NewOrigin("192.0.2.7", "Mozilla/5.0", "crm-web"), Details: collab.JSON(`{"new": "ADMIN",  "old":null}`),
	}
}

// audit commits an entry that belongs to no change.
func (c *company) audit(action collab.AuditAction, subject collab.ID) {
	c.t.Helper()
	if err := c.appendAudit(c.audited(action, subject)); err != nil {
		c.t.Fatal(err)
	}
}

// appendAudit is audit for a goroutine, which must not end the test.
func (c *company) appendAudit(entry *collab.AuditEntry) error {
	intent, decide := entry.Append(c.id)
	_, err := c.store.Write(c.t.Context(), intent, decide)
	return err
}

// auditing decides to create a customer, and notes entries.
func (c *company) auditing(entries ...*collab.AuditEntry) collab.Decide {
	return func(st *collab.State) (*collab.Decision, error) {
		d, err := c.creating(customer("Acme"))(st)
		d.Audit = entries
		return d, err
	}
}

// trail is the company's audit trail, newest first.
func (c *company) trail(query collab.AuditQuery) []*collab.AuditEntry {
	c.t.Helper()
	if query.Limit == 0 {
		query.Limit = 1000
	}
	return must(c.store.AuditTrail(c.t.Context(), c.id, query))(c.t)
}

// wantTrail makes sure that the trail is whole, and has the given number of rows.
func (c *company) wantTrail(rows int64) *collab.AuditReport {
	c.t.Helper()
	report := must(collab.CheckAudit(c.t.Context(), c.store, c.id, nil))(c.t)
	if report.Breach != nil || report.End.Number != rows {
		c.t.Errorf("the trail ends at %d with %v, want %d rows", report.End.Number, report.Breach, rows)
	}
	return report
}

func auditWithWrite(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	first, second := c.audited(collab.AuditOwnerChanged, "bob"), c.audited(collab.AuditVisibilityChanged, "")
	second.Details = nil
	change := c.write(collab.Intent{Audited: true}, c.auditing(first, second))
	c.write(collab.Intent{Audited: true}, c.auditing()) // has nothing for the trail
	trail := c.through(f.Other).trail(collab.AuditQuery{})
	equal(t, "trail", trail, []*collab.AuditEntry{second, first})
	for i, e := range trail {
		if e.Number != int64(2-i) || e.Position != change.Cursor.Position || e.ID() != collab.ID(fmt.Sprintf("aud_%d", 2-i)) {
			t.Errorf("row %d has the number %d, the position %d", i, e.Number, e.Position)
		}
	}
	c.wantTrail(2)
	if _, err := c.tryWrite(collab.Intent{}, c.auditing(c.audited(collab.AuditOwnerChanged, ""))); err == nil {
		t.Error("an intent that does not ask for the trail's end may write to it")
	}
	c.wantTrail(2)
}

func auditOfNoWrite(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	before := c.head()
	c.audit(collab.AuditDataExported, "bob")
	equal(t, "head", c.head(), before)
	if e := c.trail(collab.AuditQuery{})[0]; e.Position != 0 || e.Number != 1 || e.PreviousHash != "" {
		t.Errorf("the first row is %+v", e)
	}
	c.wantTrail(1)
	nowhere := *c
	nowhere.id = collab.NewID("org", time.Now())
	nowhere.audit(collab.AuditSignInRefused, "")
	nowhere.wantTrail(1)
}

func auditOfFailure(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.audit(collab.AuditRoleChanged, "bob")
	id := c.create(customer("Acme"))
	_, err := c.tryWrite(collab.Intent{EntityID: id, Audited: true}, func(st *collab.State) (*collab.Decision, error) {
		return &collab.Decision{
			Change: c.event(collab.ChangeAccess, st.Entity), Audit: []*collab.AuditEntry{c.audited(collab.AuditAccessGranted, "nobody")},
			Grant: &collab.Grant{EntityID: id, UserID: "nobody", Level: collab.AccessRead, GrantedBy: ann, GrantedAt: c.now()},
		}, nil
	})
	if err == nil {
		t.Fatal("a grant to nobody is written")
	}
	c.wantTrail(1)
	c.audit(collab.AuditRoleChanged, "bob")
	c.wantTrail(2)
}

// auditDense has many write at once, through two stores, with and without the log.
func auditDense(t *testing.T, f StoreFixture) {
	const writers, each = 6, 5
	c := found(t, f.Store)
	var all sync.WaitGroup
	for i := range writers {
		at := c.through([]collab.Store{f.Store, f.Other}[i%2])
		all.Go(func() {
			for range each {
				_, err := at.tryWrite(collab.Intent{Audited: true}, at.auditing(at.audited(collab.AuditOwnerChanged, "bob")))
				if err == nil {
					err = at.appendAudit(at.audited(collab.AuditDataExported, "bob"))
				}
				if err == nil {
					_, err = at.tryWrite(collab.Intent{}, at.creating(customer("Beta")))
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	c.wantTrail(2 * writers * each)
	// A row that belongs to a log row says which, in the order of both.
	last := int64(0)
	for _, e := range slices.Backward(c.trail(collab.AuditQuery{Action: collab.AuditOwnerChanged})) {
		if e.Position <= last {
			t.Errorf("row %d has the position %d after %d", e.Number, e.Position, last)
		}
		last = e.Position
	}
}

func auditNarrowed(t *testing.T, f StoreFixture) {
	c, other := found(t, f.Store), found(t, f.Store)
	other.audit(collab.AuditRoleChanged, ann)
	c.audit(collab.AuditRoleChanged, "bob")              // 1
	c.audit(collab.AuditMemberRemoved, "carl")           // 2
	c.as("bob").audit(collab.AuditDataExported, "bob")   // 3
	c.as("carl").audit(collab.AuditOwnerChanged, "dora") // 4
	for _, test := range []struct {
		query collab.AuditQuery
		want  []int64
	}{
		{collab.AuditQuery{}, []int64{4, 3, 2, 1}},
		{collab.AuditQuery{Limit: 2}, []int64{4, 3}},
		{collab.AuditQuery{Before: 3}, []int64{2, 1}},
		{collab.AuditQuery{Before: 1}, []int64{}},
		{collab.AuditQuery{Action: collab.AuditRoleChanged}, []int64{1}},
		{collab.AuditQuery{UserID: "bob"}, []int64{3, 1}},
		{collab.AuditQuery{UserID: "carl", Action: collab.AuditMemberRemoved}, []int64{2}},
		{collab.AuditQuery{UserID: "nobody"}, []int64{}},
	} {
		numbers := []int64{}
		for _, e := range c.trail(test.query) {
			numbers = append(numbers, e.Number)
		}
		equal(t, inJSON(t, test.query), numbers, test.want)
	}
}

func auditErased(t *testing.T, f StoreFixture) {
	c, other := found(t, f.Store), found(t, f.Store)
	other.as("bob").audit(collab.AuditDataExported, "bob")
	c.audit(collab.AuditRoleChanged, "bob")             // 1: done to bob
	c.as("bob").audit(collab.AuditOwnerChanged, "carl") // 2: done by bob
	c.audit(collab.AuditRoleChanged, "carl")            // 3
	before := c.trail(collab.AuditQuery{})
	c.audit(collab.AuditDataErased, "bob")   // 4
	c.as("bob").audit("SIGN_IN_REFUSED", "") // 5: what comes after stays
	trail := c.through(f.Other).trail(collab.AuditQuery{})
	slices.Reverse(trail)
	slices.Reverse(before)
	empty := collab.Origin{}
	before[0].Details, before[0].DetailsSalt = nil, ""
	before[1].Details, before[1].DetailsSalt, before[1].Origin, before[1].OriginSalt = nil, "", empty, ""
	equal(t, "the rows before", trail[:3], before)
	if trail[3].Origin == empty || trail[4].Origin == empty {
		t.Error("the erasure emptied itself, or what came after")
	}
	if report := c.wantTrail(5); report.Emptied != 2 {
		t.Errorf("%d rows are emptied, want 2", report.Emptied)
	}
	other.wantTrail(1)

	self := found(t, f.Store)
	self.audit(collab.AuditDataErased, ann)
	if got := self.trail(collab.AuditQuery{})[0]; got.Origin != empty {
		t.Errorf("ann erased herself, from %+v", got.Origin)
	}
	self.wantTrail(1)
}

// Once somebody is erased, nothing is learned of them, not even where they come from.
func auditOfErased(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob", "eve")
	c.as("bob").audit(collab.AuditSignInRefused, "")
	c.erase("bob")
	bobs := c.as("bob").audited(collab.AuditSignInRefused, "")
	bobs.Origin = collab.NewOrigin("203.0.113.99", "Quirin's phone", "crm-web")
	eves := c.as("eve").audited(collab.AuditSignInRefused, "")
	for _, entry := range []*collab.AuditEntry{bobs, bobs, eves, bobs} {
		if err := c.through(f.Other).appendAudit(entry); err != nil {
			t.Fatal(err)
		}
	}
	dump := f.Dump(t, c.id)
	if strings.Contains(dump, "203.0.113.99") || strings.Contains(dump, "Quirin") {
		t.Error("the trail has where an erased person came from")
	}
	if got := c.trail(collab.AuditQuery{UserID: "eve"}); len(got) != 1 || got[0].Number != 2 {
		t.Errorf("of somebody else it has %s", inJSON(t, got))
	}
	c.wantTrail(2)
}

func auditOrgs(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	orphan := found(t, f.Store)
	orphan.audit(collab.AuditRoleChanged, ann)
	deployment := *c
	deployment.id = collab.Deployment
	deployment.audit(collab.AuditSignInRefused, "")
	f.Exec(t, "DELETE FROM organizations WHERE id = '"+string(orphan.id)+"'")
	var ids []collab.ID
	for after := collab.ID(""); ; {
		page := must(f.Other.AuditedOrgs(t.Context(), after, 2))(t)
		if len(page) == 0 {
			break
		}
		ids, after = append(ids, page...), page[len(page)-1]
	}
	if !slices.Contains(ids, c.id) || !slices.Contains(ids, collab.Deployment) || !slices.IsSorted(ids) {
		t.Errorf("the organizations are %v, without %s or %s", ids, c.id, collab.Deployment)
	}
	report := must(collab.CheckAudit(t.Context(), f.Store, orphan.id, nil))(t)
	equal(t, "breach", report.Breach, &collab.AuditBreach{Number: 1, What: "is the last one, and the organization that says so is gone"})
}
