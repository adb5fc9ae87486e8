package collab

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// An AuditAction says what an entry of an audit trail is of.
type AuditAction string

// The actions.
const (
	AuditSignInRefused     AuditAction = "SIGN_IN_REFUSED"
	AuditRoleChanged       AuditAction = "ROLE_CHANGED"
	AuditMemberRemoved     AuditAction = "MEMBER_REMOVED"
	AuditMemberReturned    AuditAction = "MEMBER_RETURNED"
	AuditAccessGranted     AuditAction = "ACCESS_GRANTED"
	AuditAccessRevoked     AuditAction = "ACCESS_REVOKED"
	AuditVisibilityChanged AuditAction = "VISIBILITY_CHANGED"
	AuditOwnerChanged      AuditAction = "OWNER_CHANGED"
	AuditConflictResolved  AuditAction = "CONFLICT_RESOLVED"
	AuditDataExported      AuditAction = "PERSONAL_DATA_EXPORTED"
	// AuditDataErased also empties what earlier entries say of its subject.
	AuditDataErased AuditAction = "PERSONAL_DATA_ERASED"
)

// Deployment stands for an organization where an audit trail is of none: of
// sign-ins whose token says nothing that can be believed. No token can name it, so
// nobody is its member. It is not "", so that a statement which forgets to say
// its organization does not find it.
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
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	if len(clean) > maxOrigin {
		clean = strings.ToValidUTF8(clean[:maxOrigin], "")
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
	// Position is that of the log row which was written with it, or 0.
	Position int64
	// Origin and Details may be personal. An erasure empties them.
	Origin Origin
	// Details are what else is known, as a JSON object; null for nothing. They name
	// people by their ids only.
	Details JSON

	// OriginDigest and DetailsDigest stand for the two in the hash. The salts are
	// "" once what they are the salt of was emptied.
	OriginSalt, OriginDigest   string
	DetailsSalt, DetailsDigest string
	// PreviousHash is the hash of the row before, "" for the first.
	PreviousHash, Hash string
}

const prefixAudit = "aud"

// ID names the entry within its organization.
func (e *AuditEntry) ID() ID { return ID(prefixAudit + "_" + strconv.FormatInt(e.Number, 10)) }

// audited begins an entry of something that the member does.
func (m *Member) audited(action AuditAction, now Time) *AuditEntry {
	return &AuditEntry{Action: action, ActorID: m.User.ID, OccurredAt: now}
}

// detail puts something about the entry into words for programs.
func (e *AuditEntry) detail(details map[string]any) *AuditEntry {
	e.Details, _ = json.Marshal(details) // texts, numbers and JSON always encode
	return e
}

// became is detail for a value that was replaced.
func (e *AuditEntry) became(c *FieldChange) *AuditEntry {
	return e.detail(map[string]any{"old": c.OldValue, "new": c.NewValue})
}

// Audit notes, in the organization's audit trail, what the viewer did that is no
// write of the log. What may not happen unnoticed waits for it. OccurredAt, the
// actor and the origin are filled in.
func (s *Service) Audit(ctx context.Context, v *Viewer, entry *AuditEntry) error {
	entry.OccurredAt, entry.ActorID, entry.Origin = At(s.now()), v.User.ID, OriginFrom(ctx)
	return s.store.Audit(ctx, v.Organization.ID, []*AuditEntry{entry})
}

// AuditedOfOthers returns the entries without those of what erased people did: once
// somebody is erased, a trail learns nothing of them, not even where they come from.
func AuditedOfOthers(entries []*AuditEntry, erased []ID) []*AuditEntry {
	return slices.DeleteFunc(slices.Clone(entries), func(e *AuditEntry) bool { return slices.Contains(erased, e.ActorID) })
}

// withOrigin has what decide notes in the audit trail say where ctx came from.
func withOrigin(ctx context.Context, decide func(*State) (*Decision, error)) func(*State) (*Decision, error) {
	return func(st *State) (*Decision, error) {
		decision, err := decide(st)
		if decision != nil {
			for _, entry := range decision.Audit {
				entry.Origin = OriginFrom(ctx)
			}
		}
		return decision, err
	}
}

// auditOrder names the one order of audit trails in their places: newest first.
const auditOrder = "audit"

// AuditTrail returns a page of the organization's audit trail, newest first. The
// query's Before and Limit are filled in. The error is Forbidden unless the viewer
// is an admin.
func (s *Service) AuditTrail(ctx context.Context, v *Viewer, query AuditQuery, first *int, after *string) (*Page[*AuditEntry], error) {
	if !v.Role.AtLeast(RoleAdmin) {
		return nil, Errorf(Forbidden, "this needs the role ADMIN; yours is %s", v.Role)
	}
	size, err := PageSize(first)
	if err != nil {
		return nil, err
	}
	place, err := decodePlace(auditOrder, after)
	if err != nil {
		return nil, err
	}
	if place != nil {
		// What is no number finds nothing; 0 would mean the newest.
		number, _ := strconv.ParseInt(strings.TrimPrefix(string(place.ID), prefixAudit+"_"), 10, 64)
		query.Before = max(number, 1)
	}
	query.Limit = size + 1
	entries, err := s.store.AuditTrail(ctx, v.Organization.ID, query)
	if err != nil {
		return nil, err
	}
	return cut(entries, size, after != nil, func(e *AuditEntry) string { return encodePlace(auditOrder, Place{ID: e.ID()}) }), nil
}
