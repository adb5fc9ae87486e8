package collabtest

import (
	"strconv"
	"testing"

	"tandem/internal/collab"
)

// An endCut deletes the rows of a trail of six after a number, sets the end in the
// organization back to it, and lets the server go on. The check names the row, unless
// it is 0.
type endCut struct {
	what  string
	after int
	then  func(*company)
	row   int64
	says  string
}

const (
	cutOff   = "was taken out: the log names a later end"
	replaced = "is another one than the log names"
)

func endCuts() []endCut {
	write := func(c *company) { c.write(collab.Intent{}, c.creating(customer("Globex"))) }
	audited := func(c *company) {
		c.write(collab.Intent{Audited: true}, c.auditing(c.audited(collab.AuditOwnerChanged, "bob")))
	}
	refused := func(c *company) { c.audit(collab.AuditSignInRefused, "bob") }
	pruned := func(c *company) {
		write(c)
		for must(c.store.Prune(c.t.Context(), c.now(), 3))(c.t) > 0 {
		}
	}
	twice := func(do func(*company)) func(*company) { return func(c *company) { do(c); do(c) } }
	return []endCut{
		{"nothing", 6, func(*company) {}, 0, ""},
		{"nothing, then pruned", 6, pruned, 0, ""},
		{"nothing, then more of both kinds", 6, func(c *company) { audited(c); refused(c); write(c); refused(c); pruned(c) }, 0, ""},
		{"the last", 5, func(*company) {}, 6, cutOff},
		{"the last two", 4, func(*company) {}, 5, cutOff},
		{"all but the first", 1, func(*company) {}, 2, cutOff},
		{"all", 0, func(*company) {}, 1, cutOff},
		{"the last, then a change", 5, write, 6, cutOff},
		{"the last, then the log is pruned", 5, pruned, 6, cutOff},
		{"the last two, then an entry with a change", 4, audited, 6, cutOff},
		{"the last two, then entries with changes", 4, func(c *company) { audited(c); audited(c); audited(c) }, 6, replaced},
		{"the last, then an entry without a change", 5, refused, 6, replaced},
		{"the last, then entries without a change", 5, twice(twice(refused)), 6, replaced},
		{"all, then entries without a change", 0, twice(refused), 1, replaced},
	}
}

// auditEndTakenOut deletes the end of a trail together with what its organization says
// of it: only the log tells.
func auditEndTakenOut(t *testing.T, f StoreFixture) {
	for _, test := range endCuts() {
		t.Run(test.what, func(t *testing.T) {
			c, other := found(t, f.Store), found(t, f.Store)
			for _, at := range []*company{c, other} {
				at.audit(collab.AuditSignInRefused, "bob") // 1, before there is anything in the log
				at.write(collab.Intent{Audited: true}, at.auditing(at.audited(collab.AuditAccessGranted, "bob")))
				at.audit(collab.AuditDataExported, "carl")
				at.write(collab.Intent{}, at.creating(customer("Initech")))
				at.write(collab.Intent{Audited: true}, at.auditing(at.audited(collab.AuditOwnerChanged, "bob"), at.audited(collab.AuditVisibilityChanged, "")))
				at.audit(collab.AuditDataExported, "dora") // 6
			}
			number := strconv.Itoa(test.after)
			f.Exec(t, inOrg("DELETE FROM audit WHERE org_id = org AND number > "+number, c.id))
			f.Exec(t, inOrg("UPDATE organizations SET audit_number = "+number+", audit_hash = COALESCE("+
				"(SELECT hash FROM audit WHERE org_id = org AND number = "+number+"), '') WHERE id = org", c.id))
			test.then(c)
			var want *collab.AuditBreach
			if test.row > 0 {
				want = &collab.AuditBreach{Number: test.row, What: test.says}
			}
			report := must(collab.CheckAudit(t.Context(), f.Other, c.id, nil))(t)
			equal(t, "breach", report.Breach, want)
			other.wantTrail(6)
		})
	}
}
