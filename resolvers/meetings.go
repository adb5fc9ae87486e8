package resolvers

import (
	"context"

	"tandem/dataloaders"
	"tandem/graph"
	"tandem/graph/model"
	"tandem/internal/collab"
)

type meetingResolver struct{ entity[*collab.Meeting] }

// Meeting returns the resolvers of a meeting.
func (r *Resolver) Meeting() graph.MeetingResolver {
	return meetingResolver{entity[*collab.Meeting]{r}}
}

func (r meetingResolver) Attendees(ctx context.Context, obj *collab.Meeting) ([]*collab.User, error) {
	return dataloaders.From(ctx).Users(ctx, obj.AttendeeIDs)
}

func (r queryResolver) Meeting(ctx context.Context, id collab.ID) (*collab.Meeting, error) {
	return typedEntity[*collab.Meeting](ctx, id)
}

func (r queryResolver) Meetings(ctx context.Context, filter *model.MeetingFilter, orderBy *collab.EntityOrder, first *int, after *string) (*model.MeetingConnection, error) {
	f := orZero(filter)
	page, err := r.listEntities(ctx, collab.EntityQuery{
		Type: collab.TypeMeeting, Search: orZero(f.Search), Status: texts(f.Status), OwnerID: f.OwnerID, CustomerID: f.CustomerID,
		StartsAfter: f.StartsAfter, StartsBefore: f.StartsBefore,
	}, orderBy, first, after)
	if err != nil {
		return nil, err
	}
	return meetingConnection(page), nil
}

func (r mutationResolver) CreateMeeting(ctx context.Context, input map[string]any) (collab.Answer, error) {
	return meetingSaved(r.create(ctx, collab.TypeMeeting, input))
}

func (r mutationResolver) UpdateMeeting(ctx context.Context, input model.UpdateMeetingInput) (collab.Answer, error) {
	return meetingSaved(r.update(ctx, collab.Update{
		Type: collab.TypeMeeting, ID: input.ID, BaseVersion: input.BaseVersion,
		ClientMutationID: input.ClientMutationID, Patch: input.Patch,
	}))
}

func (r mutationResolver) ResolveMeetingConflict(ctx context.Context, input model.ResolveMeetingConflictInput) (collab.Answer, error) {
	return meetingSaved(r.resolve(ctx, collab.Resolve{
		Type: collab.TypeMeeting, ConflictID: input.ConflictID, Resolution: input.Resolution,
		Merged: input.Merged, ClientMutationID: input.ClientMutationID,
	}))
}

func meetingSaved(saved *collab.Saved, err error) (collab.Answer, error) {
	if err != nil {
		return answer[collab.Answer](nil, err)
	}
	return &model.MeetingSaved{
		Meeting: saved.Entity.(*collab.Meeting), Cursor: saved.Cursor,
		Merged: saved.Merged, ClientMutationID: saved.ClientMutationID,
	}, nil
}
