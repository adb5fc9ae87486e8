package resolvers

import (
	"context"
	"fmt"

	"tandem/graph/model"
	"tandem/internal/collab"
	"tandem/internal/hub"
	"tandem/internal/session"
)

func (r mutationResolver) RefreshSession(ctx context.Context, token string) (*collab.Viewer, error) {
	current, err := session.From(ctx)
	if err != nil {
		return nil, err
	}
	fresh, err := current.Refresh(ctx, token)
	if err != nil {
		return nil, err
	}
	return r.Identify(fresh)
}

// Session streams the events of the session that it runs on.
func (r subscriptionResolver) Session(ctx context.Context) (<-chan model.SessionEvent, error) {
	connected, err := hub.FeedFrom(ctx)
	if err != nil {
		return nil, err
	}
	current, err := session.From(ctx)
	if err != nil {
		return nil, err
	}
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	out := make(chan model.SessionEvent, 1)
	connected.Personal(session.NewFeed(current, v, func(n session.Notice) { out <- sessionEvent(n, v.User.ID) }))
	return out, nil
}

// sessionEvent converts a notice to a person into its type in the schema.
func sessionEvent(n session.Notice, userID collab.ID) model.SessionEvent {
	switch n := n.(type) {
	case session.AccessChanged:
		event := &model.AccessChanged{Role: n.Role, Message: n.Change.AccessMessage(userID, n.Role)}
		if n.Change.EntityID != "" {
			event.EntityID = &n.Change.EntityID
		}
		return event
	case session.Draining:
		return &model.ServerDraining{ReconnectAfterMs: int(n.ReconnectAfter.Milliseconds())}
	case session.Expiring:
		return &model.SessionExpiring{ExpiresAt: collab.At(n.At)}
	}
	panic(fmt.Sprintf("a notice %T has no type in the schema", n))
}
