package collab

import "context"

// An AuditStore keeps the audit trails. Each organization has one, and so has
// Deployment. Numbers are dense and in commit order, taken under the
// organization's row lock, as positions are. What Write puts into a trail is
// committed with the write.
type AuditStore interface {
	// Audit puts entries that belong to no write at the end of a trail, as Decision.Audit
	// does, and makes the organization where it is not there. Entries of what erased
	// people did are left out.
	Audit(ctx context.Context, orgID ID, entries []*AuditEntry) error

	// AuditTrail returns at most query.Limit entries, newest first.
	AuditTrail(ctx context.Context, orgID ID, query AuditQuery) ([]*AuditEntry, error)

	// AuditPage returns at most limit entries after a number, oldest first, and
	// where the organization says that the trail ends; nil if it is not there.
	AuditPage(ctx context.Context, orgID ID, after int64, limit int) ([]*AuditEntry, *AuditEnd, error)

	// AuditMissed returns the first row of the trail which the log names, at positions
	// after one and up to another, and which is not in the trail as the log names it;
	// nil if there is none.
	AuditMissed(ctx context.Context, orgID ID, after, upTo int64) (*AuditMiss, error)

	// AuditErasures returns the numbers of the newest entries that erased people, by person.
	AuditErasures(ctx context.Context, orgID ID) (map[ID]int64, error)

	// AuditedOrgs returns at most limit ids of organizations, in order, after an id,
	// with Deployment where it has a trail.
	AuditedOrgs(ctx context.Context, after ID, limit int) ([]ID, error)
}

// An AuditMiss is a row of a trail that is not as the log names it.
type AuditMiss struct {
	Number int64
	// Replaced tells that another row has its number; otherwise none has.
	Replaced bool
}

// An AuditQuery narrows an audit trail. Empty fields do not narrow.
type AuditQuery struct {
	Action AuditAction
	// UserID is who did it, or to whom it was done.
	UserID ID
	// Before is a number: only older entries. 0: from the newest.
	Before int64
	Limit  int
}
