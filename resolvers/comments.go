package resolvers

import (
	"context"
	"errors"

	"tandem/dataloaders"
	"tandem/graph"
	"tandem/graph/model"
	"tandem/internal/collab"
)

type commentResolver struct{ *Resolver }

// Comment returns the resolvers of a comment.
func (r *Resolver) Comment() graph.CommentResolver { return commentResolver{r} }

func (r commentResolver) Entity(ctx context.Context, obj *collab.Comment) (collab.Entity, error) {
	return entityByID(ctx, &obj.EntityID)
}

func (r commentResolver) Author(ctx context.Context, obj *collab.Comment) (*collab.User, error) {
	return dataloaders.From(ctx).User(ctx, obj.AuthorID) // an author who was erased is returned too: the field is never null
}

func (r commentResolver) Mentions(ctx context.Context, obj *collab.Comment) ([]*collab.User, error) {
	return dataloaders.From(ctx).Users(ctx, obj.MentionIDs)
}

func (r mutationResolver) AddComment(ctx context.Context, input model.AddCommentInput) (collab.Answer, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	done, err := r.service.AddComment(ctx, v, collab.AddComment{
		EntityID: input.EntityID, Body: input.Body, MentionIDs: input.MentionIds, ClientMutationID: input.ClientMutationID,
	})
	if err != nil {
		return answer[collab.Answer](nil, err)
	}
	return &model.CommentAdded{Comment: done.Comment, Cursor: done.Cursor, ClientMutationID: done.ClientMutationID}, nil
}

func (r mutationResolver) RecordView(ctx context.Context, entityID collab.ID) (bool, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return false, err
	}
	recorded, err := r.service.RecordView(ctx, v, entityID)
	if _, gone := errors.AsType[*collab.EntityGone](err); gone {
		return false, nil // there was no entity to look at
	}
	return recorded, err
}
