package resolvers

import (
	"tandem/graph/model"
	"tandem/internal/collab"
	"tandem/internal/relay"
)

// The places in these two lists are positions in the log.

func activityConnection(p *collab.Page[*collab.Change]) *model.ActivityConnection {
	return &model.ActivityConnection{
		Nodes: p.Items, PageInfo: relay.PageInfoOf(p),
		Edges: edges(p.Items, func(c *collab.Change) *model.ActivityEdge {
			return &model.ActivityEdge{Cursor: c.Cursor, Node: c}
		}),
	}
}

func notificationConnection(p *collab.Page[*collab.Notification], unread int) *model.NotificationConnection {
	return &model.NotificationConnection{
		Nodes: p.Items, PageInfo: relay.PageInfoOf(p), UnreadCount: unread,
		Edges: edges(p.Items, func(n *collab.Notification) *model.NotificationEdge {
			return &model.NotificationEdge{Cursor: n.Cursor, Node: n}
		}),
	}
}

// edges returns an edge for each item.
func edges[T, E any](items []T, edge func(item T) *E) []*E {
	out := make([]*E, len(items))
	for i, item := range items {
		out[i] = edge(item)
	}
	return out
}
