package collab

import (
	"cmp"
	"context"
	"encoding/json"
	"strconv"
	"strings"
)

// An AuditAction is the kind of action that an entry of an audit trail records.
type AuditAction string

// The actions.
const (
	AuditSignInRefused               AuditAction = "SIGN_IN_REFUSED"
	AuditRoleChanged                 AuditAction = "ROLE_CHANGED"
	AuditMemberRemoved               AuditAction = "MEMBER_REMOVED"
	AuditMemberReturned              AuditAction = "MEMBER_RETURNED"
	AuditAccessGranted               AuditAction = "ACCESS_GRANTED"
	AuditAccessRevoked               AuditAction = "ACCESS_REVOKED"
	AuditVisibilityChanged           AuditAction = "VISIBILITY_CHANGED"
	AuditOwnerChanged                AuditAction = "OWNER_CHANGED"
	AuditConflictResolved            AuditAction = "CONFLICT_RESOLVED"
	AuditDataExported                AuditAction = "PERSONAL_DATA_EXPORTED"
	AuditNotificationDefaultsChanged AuditAction = "NOTIFICATION_DEFAULTS_CHANGED"
	// AuditDataErased also empties the personal values of earlier entries about its subject.
	AuditDataErased AuditAction = "PERSONAL_DATA_ERASED"
)

// Deployment stands for an organization in the audit trail of sign-ins that belong to none, because
// their tokens say nothing that can be trusted. No token can name it, so nobody is its member. It
// is not "", so that a statement that omits its organization does not find it.
const Deployment ID = "@deployment"

// An Origin is where a request came from. Each part is "" where it is not known.
type Origin struct {
	// Address is the network address of the client, or its network.
	Address string
	// Agent is the User-Agent of the request, Client what the application calls itself.
	Agent, Client string
}

// maxOrigin bounds each part of an origin, in bytes.
const maxOrigin = 200

// NewOrigin returns an origin of what a client sent, cut off after maxOrigin bytes
// and without control characters.
func NewOrigin(address, agent, client string) Origin {
	return Origin{Address: tidy(address), Agent: tidy(agent), Client: tidy(client)}
}

func tidy(text string) string {
	clean := CleanLine(text)
	if len(clean) > maxOrigin {
		clean = CleanLine(strings.ToValidUTF8(clean[:maxOrigin], ""))
	}
	return clean
}

// An AuditEntry is one row of an audit trail: who did what, when, to whom or to
// what, and from where. Each row has a hash over itself and the row before.
type AuditEntry struct {
	// Number is its place in the trail, dense from 1.
	Number     int64
	OccurredAt Time
	Action     AuditAction
	// ActorID, SubjectID and EntityID are who did it, and to whom or to what; "" for none.
	ActorID, SubjectID, EntityID ID
	// Position is the position of the log row that was written with it, or 0.
	Position int64
	// Origin and Details may be personal. An erasure empties them.
	Origin Origin
	// Details are anything else that is known, as a JSON object, or null. They name people by their
	// ids only.
	Details JSON

	// OriginDigest and DetailsDigest stand for the two in the hash. A salt is "" once the value
	// that it belongs to was emptied.
	OriginSalt, OriginDigest   string
	DetailsSalt, DetailsDigest string
	// PreviousHash is the hash of the previous row, or "" for the first.
	PreviousHash, Hash string
}

const prefixAudit = "aud"

// ID names the entry within its organization.
func (e *AuditEntry) ID() ID { return ID(prefixAudit + "_" + strconv.FormatInt(e.Number, 10)) }

// audited begins an entry for an action of the member.
func (m *Member) audited(action AuditAction, now Time) *AuditEntry {
	return &AuditEntry{Action: action, ActorID: m.User.ID, OccurredAt: now}
}

// detail sets the details of the entry, for programs to read.
func (e *AuditEntry) detail(details map[string]any) *AuditEntry {
	e.Details, _ = json.Marshal(details) // texts, numbers and JSON always encode
	return e
}

// became sets the details to the old and the new value of a change.
func (e *AuditEntry) became(c *FieldChange) *AuditEntry {
	return e.detail(map[string]any{"old": c.OldValue, "new": c.NewValue})
}

// Audit records, in the organization's audit trail, an action of the viewer that is not a write of
// the log. An action that must not go unrecorded waits for it. OccurredAt, the actor and the origin
// are filled in.
func (s *Service) Audit(ctx context.Context, v *Viewer, entry AuditEntry) error {
	entry.OccurredAt, entry.ActorID, entry.Origin = At(s.now()), v.User.ID, OriginFrom(ctx)
	return s.audit(ctx, v.Organization.ID, entry)
}

func (s *Service) audit(ctx context.Context, orgID ID, entry AuditEntry) error {
	intent, decide := entry.Append(orgID)
	_, err := s.write(ctx, intent, decide)
	return err
}

// Append returns the write that appends the entry, which belongs to no change, to the trail of an
// organization. It writes nothing if the actor is erased: then the trail records nothing more about
// them, not even where their requests come from.
func (e AuditEntry) Append(orgID ID) (Intent, Decide) {
	intent := Intent{OrgID: orgID, ActorID: e.ActorID, Audited: true, Founds: true}
	return intent, func(st *State) (*Decision, error) {
		if st.Actor != nil && st.Actor.User.Erased {
			return &Decision{}, nil
		}
		entry := e
		return &Decision{Audit: []*AuditEntry{&entry}}, nil
	}
}

// withOrigin adds the origin of ctx to the audit entries that decide returns, unless they have one.
func withOrigin(ctx context.Context, decide Decide) Decide {
	return func(st *State) (*Decision, error) {
		decision, err := decide(st)
		if decision != nil {
			for _, entry := range decision.Audit {
				entry.Origin = cmp.Or(entry.Origin, OriginFrom(ctx))
			}
		}
		return decision, err
	}
}

// AuditOrder is the name, in page cursors, of the only order of audit trails: newest first.
const AuditOrder = "audit"

// AuditTrail returns a page of the organization's audit trail, newest first. The
// query's Before and Limit are filled in. The error is Forbidden unless the viewer
// is an admin.
func (s *Service) AuditTrail(ctx context.Context, v *Viewer, query AuditQuery, first *int, after *string) (*Page[*AuditEntry], error) {
	if !v.Role.AtLeast(RoleAdmin) {
		return nil, NeedsRole(RoleAdmin, v.Role)
	}
	size, err := PageSize(first)
	if err != nil {
		return nil, err
	}
	key, err := decodeSortKey(AuditOrder, after)
	if err != nil {
		return nil, err
	}
	if key != nil {
		// Text that is not a number must find nothing; 0 would mean the newest.
		number, _ := strconv.ParseInt(strings.TrimPrefix(string(key.ID), prefixAudit+"_"), 10, 64)
		query.Before = max(number, 1)
	}
	query.Limit = size + 1
	entries, err := s.store.AuditTrail(ctx, v.Organization.ID, query)
	if err != nil {
		return nil, err
	}
	return paginate(entries, size, after != nil, func(e *AuditEntry) string { return encodeSortKey(AuditOrder, SortKey{ID: e.ID()}) }), nil
}
