package resolvers

import (
	"context"

	"tandem/dataloaders"
	"tandem/graph"
	"tandem/graph/model"
	"tandem/internal/collab"
)

func (r queryResolver) Notifications(ctx context.Context, unreadOnly, snoozedOnly *bool, first *int, after *collab.Cursor) (*model.NotificationConnection, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	var unread int
	query := collab.NotificationQuery{UnreadOnly: orZero(unreadOnly), SnoozedOnly: orZero(snoozedOnly)}
	if selected(ctx, "unreadCount") {
		query.Unread = &unread
	}
	page, err := r.service.Notifications(ctx, v, query, first, after)
	if err != nil {
		return nil, err
	}
	return notificationConnection(page, unread), nil
}

func (r mutationResolver) MarkNotificationsRead(ctx context.Context, ids []collab.ID, asOf, upTo *collab.Cursor) (int, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return 0, err
	}
	return r.service.MarkNotificationsRead(ctx, v, ids, asOf, upTo)
}

func (r mutationResolver) MarkNotificationsUnread(ctx context.Context, ids []collab.ID) (int, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return 0, err
	}
	return r.service.MarkNotificationsUnread(ctx, v, ids)
}

func (r mutationResolver) SnoozeNotifications(ctx context.Context, ids []collab.ID, until collab.Time, asOf *collab.Cursor) (int, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return 0, err
	}
	return r.service.SnoozeNotifications(ctx, v, ids, until, asOf)
}

func (r mutationResolver) Watch(ctx context.Context, entityID collab.ID) (bool, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return false, err
	}
	return r.service.Watch(ctx, v, entityID)
}

func (r mutationResolver) Unwatch(ctx context.Context, entityID collab.ID) (bool, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return false, err
	}
	return r.service.Unwatch(ctx, v, entityID)
}

func (r queryResolver) PushPublicKey(context.Context) (*string, error) {
	return r.service.PushPublicKey(), nil
}

func (r mutationResolver) RegisterPushSubscription(ctx context.Context, input model.PushSubscriptionInput) (bool, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return false, err
	}
	err = r.service.RegisterPush(ctx, v, input.Endpoint, input.P256dh, input.Auth)
	return err == nil, err
}

func (r mutationResolver) RemovePushSubscription(ctx context.Context, endpoint string) (bool, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return false, err
	}
	return r.service.RemovePush(ctx, v, endpoint)
}

type notificationResolver struct{ *Resolver }

// Notification returns the resolvers of a notification.
func (r *Resolver) Notification() graph.NotificationResolver { return notificationResolver{r} }

func (r notificationResolver) SnoozedUntil(_ context.Context, obj *collab.Notification) (*collab.Time, error) {
	return r.service.SnoozedUntil(obj), nil
}

func (r notificationResolver) CameAt(_ context.Context, obj *collab.Notification) (*collab.Time, error) {
	came := r.service.CameAt(obj)
	return &came, nil
}

func (r notificationResolver) Entity(ctx context.Context, obj *collab.Notification) (collab.Entity, error) {
	return entityByID(ctx, obj.EntityID)
}

func (r notificationResolver) Actor(ctx context.Context, obj *collab.Notification) (*collab.User, error) {
	return user(ctx, obj.CausedBy())
}

func (r notificationResolver) Actors(ctx context.Context, obj *collab.Notification) ([]*collab.User, error) {
	return dataloaders.From(ctx).FirstUsers(ctx, obj.ActorIDs, collab.MostActorsShown)
}
