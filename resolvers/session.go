package resolvers

import (
	"context"

	"tandem/graph/model"
	"tandem/internal/collab"
	"tandem/internal/hub"
)

func (r mutationResolver) RefreshSession(ctx context.Context, token string) (*collab.Viewer, error) {
	session, err := hub.SessionFrom(ctx)
	if err != nil {
		return nil, err
	}
	fresh, err := session.Refresh(ctx, token)
	if err != nil {
		return nil, err
	}
	return r.Identify(fresh)
}

// Session tells of the session that it arrives on.
func (r subscriptionResolver) Session(ctx context.Context) (<-chan model.SessionEvent, error) {
	connected, err := hub.FeedFrom(ctx)
	if err != nil {
		return nil, err
	}
	session, err := hub.SessionFrom(ctx)
	if err != nil {
		return nil, err
	}
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	out := make(chan model.SessionEvent, 1)
	connected.Session(session, v, func(n hub.Notice) { out <- sessionEvent(n, v.User.ID) })
	return out, nil
}

// sessionEvent is a notice to a person as the schema has it.
func sessionEvent(n hub.Notice, userID collab.ID) model.SessionEvent {
	switch {
	case n.Change != nil:
		event := &model.AccessChanged{Role: n.Role, Message: n.Change.AccessMessage(userID, n.Role)}
		if n.Change.EntityID != "" {
			event.EntityID = &n.Change.EntityID
		}
		return event
	case n.ComeBack != nil:
		return &model.ServerDraining{ReconnectAfterMs: int(n.ComeBack.Milliseconds())}
	}
	return &model.SessionExpiring{ExpiresAt: collab.At(n.Expires)}
}
