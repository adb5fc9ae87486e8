package collabtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"tandem/internal/collab"
)

// auditColumns are those of a row, each with another value than it has.
var auditColumns = map[string]string{
	"org_id": "'elsewhere'", "number": "number + 100", "action": "'ACCESS_REVOKED'", "actor_id": "'eve'",
	"subject_id": "'eve'", "entity_id": "'cus_2'", "position": "position + 1", "address": "'192.0.2.8'", "agent": "''", "client": "''",
	"origin_salt": "'00'", "origin_digest": "'00'", "details": "NULL", "details_salt": "'00'", "details_digest": "'00'",
	"previous_hash": "'00'", "hash": "'00'",
}

// tampering is what somebody did to a trail of five rows behind the server's back,
// with org standing for the organization, and the row that the check names.
type tampering struct {
	what string
	sql  []string
	row  int64
	says string
}

func tamperings() []tampering {
	all := []tampering{
		{"nothing", nil, 0, ""},
		{"first taken out", []string{"DELETE FROM audit WHERE org_id = org AND number = 1"}, 1, "was taken out"},
		{"middle taken out", []string{"DELETE FROM audit WHERE org_id = org AND number = 3"}, 3, "was taken out"},
		{"last taken out", []string{"DELETE FROM audit WHERE org_id = org AND number = 5"}, 5, "was taken out"},
		{"last three taken out", []string{"DELETE FROM audit WHERE org_id = org AND number > 2"}, 3, "was taken out"},
		{"all taken out", []string{"DELETE FROM audit WHERE org_id = org"}, 1, "was taken out"},
		{"two swapped", []string{
			"UPDATE audit SET number = -number WHERE org_id = org AND number IN (2, 4)",
			"UPDATE audit SET number = 6 + number WHERE org_id = org AND number < 0"}, 2, "was changed"},
		{"one taken out, the rest renumbered", []string{
			"DELETE FROM audit WHERE org_id = org AND number = 2",
			"UPDATE audit SET number = -number WHERE org_id = org AND number > 2",
			"UPDATE audit SET number = -number - 1 WHERE org_id = org AND number < 0"}, 2, "was changed"},
		{"one copied to the end", []string{copyRow("6", "5")}, 6, "was changed"},
		{"the end moved back", []string{"UPDATE organizations SET audit_number = 4, audit_hash = " +
			"(SELECT hash FROM audit WHERE org_id = org AND number = 4) WHERE id = org"}, 5, "was added"},
		{"the organization taken out", []string{"DELETE FROM members WHERE org_id = org", "DELETE FROM organizations WHERE id = org"}, 5,
			"is the last one, and the organization that says so is gone"},
		{"one added before the first", []string{copyRow("0", "1")}, 0, "was added"},
		{"one added in between, the rest renumbered", []string{
			"UPDATE audit SET number = -number WHERE org_id = org AND number > 2",
			"UPDATE audit SET number = 1 - number WHERE org_id = org AND number < 0", copyRow("3", "2")}, 3, "was changed"},
		{"the end of another row", []string{
			"UPDATE organizations SET audit_hash = '00' WHERE id = org"}, 5, "is another one than the organization says"},
		{"the last taken out, and the end moved", []string{
			"DELETE FROM audit WHERE org_id = org AND number = 5",
			"UPDATE organizations SET audit_number = 4 WHERE id = org"}, 4, "is another one than the organization says"},
		{"an origin emptied", []string{
			"UPDATE audit SET address = '', agent = '', client = '', origin_salt = '' WHERE org_id = org AND number = 2"}, 2,
			"was emptied, and no erasure that the trail knows of did it"},
		{"details emptied", []string{
			"UPDATE audit SET details = NULL, details_salt = '' WHERE org_id = org AND number = 2"}, 2,
			"was emptied, and no erasure that the trail knows of did it"},
		{"details replaced without a salt", []string{
			"UPDATE audit SET details = '{}', details_salt = '' WHERE org_id = org AND number = 2"}, 2, "was changed in its details"},
		{"an origin replaced without a salt", []string{
			"UPDATE audit SET origin_salt = '' WHERE org_id = org AND number = 2"}, 2, "was changed in its address, agent or client"},
	}
	for _, column := range slices.Sorted(maps.Keys(auditColumns)) {
		says := "was changed"
		switch column {
		case "org_id", "number":
			says = "was taken out"
		case "address", "agent", "client", "origin_salt":
			says = "was changed in its address, agent or client"
		case "details", "details_salt":
			says = "was changed in its details"
		}
		for _, row := range []int64{1, 3, 5} {
			sql := fmt.Sprintf("UPDATE audit SET %s = %s WHERE org_id = org AND number = %d", column, auditColumns[column], row)
			all = append(all, tampering{fmt.Sprintf("%s of %d", column, row), []string{sql}, row, says})
		}
	}
	return all
}

// copyRow adds a row that is like another one.
func copyRow(number, of string) string {
	const rest = "occurred_at, action, actor_id, subject_id, entity_id, position, address, agent, client, origin_salt, origin_digest, " +
		"details, details_salt, details_digest, previous_hash, hash"
	return "INSERT INTO audit (org_id, number, " + rest + ") SELECT org_id, " + number + ", " + rest + " FROM audit WHERE org_id = org AND number = " + of
}

func auditTampered(t *testing.T, f StoreFixture) {
	for _, test := range append(tamperings(), tampering{"occurred_at of 2", []string{f.Later}, 2, "was changed"}) {
		t.Run(test.what, func(t *testing.T) {
			t.Parallel()
			c := found(t, f.Store)
			for _, subject := range []collab.ID{"bob", "carl", "dora", "bob", "carl"} {
				c.audit(collab.AuditAccessGranted, subject)
			}
			for _, sql := range test.sql {
				f.Exec(t, inOrg(sql, c.id))
			}
			if test.row == 0 && test.says == "" {
				c.wantTrail(5)
				return
			}
			report := must(collab.CheckAudit(t.Context(), f.Other, c.id, nil))(t)
			equal(t, "breach", report.Breach, &collab.AuditBreach{Number: test.row, What: test.says})
		})
	}
}

// auditExpected rewrites a trail from its third row on, and takes its ends out of the
// log, so that only somebody who kept its end notices.
func auditExpected(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	for _, subject := range []collab.ID{"bob", "carl", "dora"} {
		c.audit(collab.AuditAccessGranted, subject)
	}
	kept := c.wantTrail(3).End
	c.audit(collab.AuditAccessRevoked, "bob")
	check := func(expect collab.AuditEnd) *collab.AuditBreach {
		t.Helper()
		return must(collab.CheckAudit(t.Context(), f.Store, c.id, &expect))(t).Breach
	}
	equal(t, "breach", check(kept), nil)
	second := c.trail(collab.AuditQuery{Before: 3})[0]
	f.Exec(t, inOrg("DELETE FROM audit WHERE org_id = org AND number > 2", c.id))
	f.Exec(t, inOrg("UPDATE organizations SET audit_number = 2, audit_hash = '"+second.Hash+"' WHERE id = org", c.id))
	f.Exec(t, inOrg("UPDATE log SET audit_number = NULL, audit_hash = NULL WHERE org_id = org", c.id))
	equal(t, "breach of a shorter one", check(kept), &collab.AuditBreach{Number: 3, What: "was taken out: more was expected"})
	c.audit(collab.AuditAccessGranted, "eve")
	c.wantTrail(3)
	equal(t, "breach of a new one", check(kept), &collab.AuditBreach{Number: 3, What: "is another one than was expected"})
}

// inOrg puts the id of an organization into a statement.
func inOrg(sql string, orgID collab.ID) string {
	return strings.NewReplacer("= org ", "= '"+string(orgID)+"' ", "= org;", "= '"+string(orgID)+"'").Replace(sql + ";")
}
