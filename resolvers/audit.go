package resolvers

import (
	"context"

	"tandem/graph"
	"tandem/internal/collab"
	"tandem/internal/relay"
)

func (r queryResolver) AuditTrail(ctx context.Context, first *int, after *string, action *collab.AuditAction, userID *collab.ID) (*relay.AuditConnection, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	query := collab.AuditQuery{Action: orZero(action), UserID: orZero(userID)}
	page, err := r.service.AuditTrail(ctx, v, query, first, after)
	if err != nil {
		return nil, err
	}
	return relay.Items(page), nil
}

type auditEntryResolver struct{ *Resolver }

// AuditEntry returns the resolvers of an entry of the audit trail.
func (r *Resolver) AuditEntry() graph.AuditEntryResolver { return auditEntryResolver{r} }

func (r auditEntryResolver) Actor(ctx context.Context, obj *collab.AuditEntry) (*collab.User, error) {
	return user(ctx, orNil(obj.ActorID))
}

func (r auditEntryResolver) Subject(ctx context.Context, obj *collab.AuditEntry) (*collab.User, error) {
	return user(ctx, orNil(obj.SubjectID))
}

func (r auditEntryResolver) EntityID(_ context.Context, obj *collab.AuditEntry) (*collab.ID, error) {
	return orNil(obj.EntityID), nil
}

func (r auditEntryResolver) Address(_ context.Context, obj *collab.AuditEntry) (*string, error) {
	return orNil(obj.Origin.Address), nil
}

func (r auditEntryResolver) Agent(_ context.Context, obj *collab.AuditEntry) (*string, error) {
	return orNil(obj.Origin.Agent), nil
}

func (r auditEntryResolver) Client(_ context.Context, obj *collab.AuditEntry) (*string, error) {
	return orNil(obj.Origin.Client), nil
}

// orNil returns nil for an empty text.
func orNil[T ~string](text T) *T {
	if text == "" {
		return nil
	}
	return &text
}
