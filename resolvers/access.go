package resolvers

import (
	"context"

	"tandem/internal/collab"
)

func (r mutationResolver) SetMemberRole(ctx context.Context, userID collab.ID, role collab.Role) (*collab.Member, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	return r.service.SetMemberRole(ctx, v, userID, role)
}

func (r mutationResolver) RemoveMember(ctx context.Context, userID collab.ID) (bool, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return false, err
	}
	return r.service.RemoveMember(ctx, v, userID)
}

func (r mutationResolver) ExportPersonalData(ctx context.Context, userID collab.ID) (collab.JSON, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	return r.service.ExportPersonalData(ctx, v, userID)
}

func (r mutationResolver) ErasePersonalData(ctx context.Context, userID collab.ID) (int, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return 0, err
	}
	return r.service.ErasePersonalData(ctx, v, userID)
}

func (r mutationResolver) GrantAccess(ctx context.Context, entityID, userID collab.ID, level collab.AccessLevel) (bool, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return false, err
	}
	return r.service.GrantAccess(ctx, v, entityID, userID, level)
}

func (r mutationResolver) RevokeAccess(ctx context.Context, entityID, userID collab.ID) (bool, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return false, err
	}
	return r.service.RevokeAccess(ctx, v, entityID, userID)
}
