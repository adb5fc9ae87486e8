package collab

import "context"

// An AuditReader reads the audit trails. Each organization has one, and so has Deployment. Numbers
// are dense and in commit order, taken under the organization's row lock, as positions are.
type AuditReader interface {
	// AuditTrail returns at most query.Limit entries, newest first.
	AuditTrail(ctx context.Context, orgID ID, query AuditQuery) ([]*AuditEntry, error)

	// AuditPage returns at most limit entries after a number, oldest first, and the end of the
	// trail that the organization records; nil if the organization does not exist.
	AuditPage(ctx context.Context, orgID ID, after int64, limit int) ([]*AuditEntry, *AuditEnd, error)

	// AuditMissed returns the first row of the trail that the log names, at positions after one and
	// up to another, and that is not in the trail as the log names it; nil if there is none.
	AuditMissed(ctx context.Context, orgID ID, after, upTo int64) (*AuditMiss, error)

	// AuditErasures returns the numbers of the newest entries that erased people, by person.
	AuditErasures(ctx context.Context, orgID ID) (map[ID]int64, error)

	// AuditedOrgs returns at most limit ids of organizations, in order, after an id, including
	// Deployment if it has a trail.
	AuditedOrgs(ctx context.Context, after ID, limit int) ([]ID, error)
}

// An AuditMiss is a row of a trail that is not as the log names it.
type AuditMiss struct {
	Number int64
	// Replaced is set if another row has its number; otherwise no row has it.
	Replaced bool
}

// An AuditQuery narrows an audit trail. Empty fields do not narrow.
type AuditQuery struct {
	Action AuditAction
	// UserID is the actor or the subject.
	UserID ID
	// Before is the number of an entry: only older ones match. 0 starts from the newest.
	Before int64
	Limit  int
}
