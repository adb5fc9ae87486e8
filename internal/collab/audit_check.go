package collab

import (
	"context"
	"fmt"
	"math"
)

// logSpan is the number of log rows that are searched at a time for ends of a trail.
const logSpan = 50_000

// auditPage is the number of rows of a trail that are read at a time.
const auditPage = 500

// An AuditReport is the result of checking an audit trail.
type AuditReport struct {
	// End is the last row that, like every row before it, is as it was written.
	End AuditEnd
	// Emptied counts the rows whose values an erasure emptied.
	Emptied int
	// Breach is the first row that is not as it was written; nil if all are.
	Breach *AuditBreach
}

// An AuditBreach is what is wrong with one row.
type AuditBreach struct {
	Number int64
	What   string
}

// String returns the breach as the end of a sentence.
func (b *AuditBreach) String() string { return fmt.Sprintf("row %d %s", b.Number, b.What) }

// CheckAudit checks an organization's audit trail from beginning to end. expect, if given, is an
// end that the trail once had: without it, a trail that was rewritten from some row on cannot be
// told from the original.
func CheckAudit(ctx context.Context, store AuditReader, orgID ID, expect *AuditEnd) (*AuditReport, error) {
	check := &auditCheck{orgID: orgID, expect: expect}
	for after := int64(math.MinInt64); ; {
		entries, end, err := store.AuditPage(ctx, orgID, after, auditPage)
		if err != nil {
			return nil, err
		}
		// Because they are read after the page, they include every erasure that emptied something
		// in it.
		if check.erased, err = store.AuditErasures(ctx, orgID); err != nil {
			return nil, err
		}
		for _, e := range entries {
			if check.Breach = check.row(e); check.Breach != nil {
				return &check.AuditReport, nil
			}
			after = e.Number
		}
		if len(entries) < auditPage {
			if check.Breach = check.finish(end); check.Breach == nil {
				check.Breach, err = check.log(ctx, store, end.Position)
			}
			return &check.AuditReport, err
		}
	}
}

// An auditCheck is a check under way.
type auditCheck struct {
	AuditReport
	orgID  ID
	expect *AuditEnd
	// erased are the numbers of the newest erasures of people.
	erased map[ID]int64
}

// row checks the row that comes after End, and makes it the end.
func (c *auditCheck) row(e *AuditEntry) *AuditBreach {
	next := c.End.Number + 1
	switch {
	case e.Number < next:
		return &AuditBreach{e.Number, "was added"}
	case e.Number > next:
		return &AuditBreach{next, "was taken out"}
	case e.Hash != e.digest(c.orgID):
		return &AuditBreach{next, "was changed"}
	case e.PreviousHash != c.End.Hash:
		return &AuditBreach{next, "does not follow on the one before it: one of the two was replaced"}
	}
	if what := c.values(e); what != "" {
		return &AuditBreach{next, what}
	}
	if c.expect != nil && c.expect.Number == next && c.expect.Hash != e.Hash {
		return &AuditBreach{next, "is another one than was expected"}
	}
	c.End.Number, c.End.Hash = e.Number, e.Hash
	return nil
}

// values checks the values that the hash covers by digest: each is as it was, or was emptied by an
// erasure of its person.
func (c *auditCheck) values(e *AuditEntry) string {
	origin, details := e.OriginSalt != "", e.DetailsSalt != ""
	erased := func(id ID) bool { return id != "" && c.erased[id] > e.Number }
	switch {
	case origin && e.OriginDigest != e.digestOrigin(), !origin && e.Origin != Origin{}:
		return "was changed in its address, agent or client"
	case details && e.DetailsDigest != e.digestDetails(), !details && e.Details != nil:
		return "was changed in its details"
	case !origin && !erased(e.ActorID), !details && !erased(e.ActorID) && !erased(e.SubjectID):
		return "was emptied, and no erasure that the trail knows of did it"
	}
	if !origin || !details {
		c.Emptied++
	}
	return ""
}

// finish checks that the trail ends where its organization records it; end is nil if there is no
// organization.
func (c *auditCheck) finish(end *AuditEnd) *AuditBreach {
	switch {
	case end == nil && c.End.Number == 0:
		return &AuditBreach{1, "is not there: the organization has another id, or was taken out with its trail"}
	case end == nil:
		return &AuditBreach{c.End.Number, "is the last one, and the organization that says so is gone"}
	case end != nil && end.Number > c.End.Number:
		return &AuditBreach{c.End.Number + 1, "was taken out"}
	case end != nil && end.Number < c.End.Number:
		return &AuditBreach{end.Number + 1, "was added"}
	case end != nil && end.Hash != c.End.Hash:
		return &AuditBreach{c.End.Number, "is another one than the organization says"}
	case c.expect != nil && c.expect.Number > c.End.Number:
		return &AuditBreach{c.End.Number + 1, "was taken out: more was expected"}
	}
	return nil
}

// log checks that the trail has the rows that the log names up to a position. An attacker who
// deletes the end of the trail, and resets the recorded end, leaves these references behind.
func (c *auditCheck) log(ctx context.Context, store AuditReader, upTo int64) (*AuditBreach, error) {
	for after := int64(0); after < upTo; after += logSpan {
		miss, err := store.AuditMissed(ctx, c.orgID, after, min(after+logSpan, upTo))
		switch {
		case err != nil:
			return nil, err
		case miss == nil:
		case miss.Replaced:
			return &AuditBreach{miss.Number, "is another one than the log names"}, nil
		default:
			return &AuditBreach{c.End.Number + 1, "was taken out: the log names a later end"}, nil
		}
	}
	return nil, nil
}
