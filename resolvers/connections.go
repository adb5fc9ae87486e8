package resolvers

import (
	"tandem/graph/model"
	"tandem/internal/collab"
)

// pageInfo describes a page to Relay.
func pageInfo[T any](page *collab.Page[T]) *model.PageInfo {
	info := &model.PageInfo{HasNextPage: page.HasNext, HasPreviousPage: page.HasPrevious}
	if n := len(page.Keys); n > 0 {
		info.StartCursor, info.EndCursor = &page.Keys[0], &page.Keys[n-1]
	}
	return info
}

// edges makes an edge of each item.
func edges[T, E any](page *collab.Page[T], edge func(key string, item T) *E) []*E {
	out := make([]*E, len(page.Items))
	for i, item := range page.Items {
		out[i] = edge(page.Keys[i], item)
	}
	return out
}

// only takes a page of entities as what it is known to hold.
func only[T collab.Entity](page *collab.Page[collab.Entity]) *collab.Page[T] {
	out := &collab.Page[T]{
		Items: make([]T, len(page.Items)), Keys: page.Keys, HasNext: page.HasNext,
		HasPrevious: page.HasPrevious, Total: page.Total, AsOf: page.AsOf,
	}
	for i, item := range page.Items {
		out.Items[i] = item.(T)
	}
	return out
}

func customerConnection(page *collab.Page[collab.Entity]) *model.CustomerConnection {
	p := only[*collab.Customer](page)
	return &model.CustomerConnection{
		Nodes: p.Items, PageInfo: pageInfo(p), TotalCount: p.Total.N, TotalCountIsExact: p.Total.IsExact, AsOf: p.AsOf,
		Edges: edges(p, func(key string, c *collab.Customer) *model.CustomerEdge {
			return &model.CustomerEdge{Cursor: key, Node: c}
		}),
	}
}

func callConnection(page *collab.Page[collab.Entity]) *model.CallConnection {
	p := only[*collab.Call](page)
	return &model.CallConnection{
		Nodes: p.Items, PageInfo: pageInfo(p), TotalCount: p.Total.N, TotalCountIsExact: p.Total.IsExact, AsOf: p.AsOf,
		Edges: edges(p, func(key string, c *collab.Call) *model.CallEdge {
			return &model.CallEdge{Cursor: key, Node: c}
		}),
	}
}

func meetingConnection(page *collab.Page[collab.Entity]) *model.MeetingConnection {
	p := only[*collab.Meeting](page)
	return &model.MeetingConnection{
		Nodes: p.Items, PageInfo: pageInfo(p), TotalCount: p.Total.N, TotalCountIsExact: p.Total.IsExact, AsOf: p.AsOf,
		Edges: edges(p, func(key string, m *collab.Meeting) *model.MeetingEdge {
			return &model.MeetingEdge{Cursor: key, Node: m}
		}),
	}
}

func memberConnection(p *collab.Page[*collab.Member]) *model.MemberConnection {
	return &model.MemberConnection{
		Nodes: p.Items, PageInfo: pageInfo(p), TotalCount: p.Total.N,
		Edges: edges(p, func(key string, m *collab.Member) *model.MemberEdge {
			return &model.MemberEdge{Cursor: key, Node: m}
		}),
	}
}

func commentConnection(p *collab.Page[*collab.Comment]) *model.CommentConnection {
	return &model.CommentConnection{
		Nodes: p.Items, PageInfo: pageInfo(p), TotalCount: p.Total.N,
		Edges: edges(p, func(key string, c *collab.Comment) *model.CommentEdge {
			return &model.CommentEdge{Cursor: key, Node: c}
		}),
	}
}

func activityConnection(p *collab.Page[*collab.Change]) *model.ActivityConnection {
	return &model.ActivityConnection{
		Nodes: p.Items, PageInfo: pageInfo(p),
		Edges: edges(p, func(_ string, c *collab.Change) *model.ActivityEdge {
			return &model.ActivityEdge{Cursor: c.Cursor, Node: c}
		}),
	}
}

func notificationConnection(p *collab.Page[*collab.Notification], unread int) *model.NotificationConnection {
	return &model.NotificationConnection{
		Nodes: p.Items, PageInfo: pageInfo(p), UnreadCount: unread,
		Edges: edges(p, func(_ string, n *collab.Notification) *model.NotificationEdge {
			return &model.NotificationEdge{Cursor: n.Cursor, Node: n}
		}),
	}
}

func auditConnection(p *collab.Page[*collab.AuditEntry]) *model.AuditConnection {
	return &model.AuditConnection{
		Nodes: p.Items, PageInfo: pageInfo(p),
		Edges: edges(p, func(key string, e *collab.AuditEntry) *model.AuditEdge {
			return &model.AuditEdge{Cursor: key, Node: e}
		}),
	}
}

func conflictConnection(p *collab.Page[*collab.Conflict]) *model.ConflictConnection {
	nodes := make([]collab.TypedConflict, len(p.Items))
	for i, c := range p.Items {
		nodes[i] = c.Typed()
	}
	return &model.ConflictConnection{
		Nodes: nodes, PageInfo: pageInfo(p), TotalCount: p.Total.N,
		Edges: edges(p, func(key string, c *collab.Conflict) *model.ConflictEdge {
			return &model.ConflictEdge{Cursor: key, Node: c.Typed()}
		}),
	}
}
