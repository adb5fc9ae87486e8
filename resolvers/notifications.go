package resolvers

import (
	"context"

	"tandem/graph"
	"tandem/graph/model"
	"tandem/internal/collab"
)

func (r queryResolver) Notifications(ctx context.Context, unreadOnly *bool, first *int, after *collab.Cursor) (*model.NotificationConnection, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	page, err := r.service.Notifications(ctx, v, orZero(unreadOnly), first, after)
	if err != nil {
		return nil, err
	}
	unread := 0
	if selected(ctx, "unreadCount") {
		unread, err = r.service.UnreadNotifications(ctx, v)
	}
	return notificationConnection(page, unread), err
}

func (r mutationResolver) MarkNotificationsRead(ctx context.Context, ids []collab.ID, upTo *collab.Cursor) (int, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return 0, err
	}
	return r.service.MarkNotificationsRead(ctx, v, ids, upTo)
}

type notificationResolver struct{ *Resolver }

// Notification returns the resolvers of a notification.
func (r *Resolver) Notification() graph.NotificationResolver { return notificationResolver{r} }

func (r notificationResolver) Entity(ctx context.Context, obj *collab.Notification) (collab.Entity, error) {
	return entityByID(ctx, obj.EntityID)
}

func (r notificationResolver) Actor(ctx context.Context, obj *collab.Notification) (*collab.User, error) {
	return user(ctx, obj.ActorID)
}
