// Package relay has the types of list pages as Relay, and therefore the schema, defines them.
package relay

import "tandem/internal/collab"

// A PageInfo is the position of a page in its list.
type PageInfo struct {
	HasNextPage, HasPreviousPage bool
	StartCursor, EndCursor       *string
}

// A Connection is a page of a list. The schema leaves out fields that a list does not have.
type Connection[T any] struct {
	Edges             []*Edge[T]
	Nodes             []T
	PageInfo          *PageInfo
	TotalCount        int
	TotalCountIsExact bool
	AsOf              collab.Cursor
}

// An Edge is an item of a page with its place in the list.
type Edge[T any] struct {
	Cursor string
	Node   T
}

// PageInfoOf describes a page.
func PageInfoOf[T any](page *collab.Page[T]) *PageInfo {
	info := &PageInfo{HasNextPage: page.HasNext, HasPreviousPage: page.HasPrevious}
	if n := len(page.Keys); n > 0 {
		info.StartCursor, info.EndCursor = &page.Keys[0], &page.Keys[n-1]
	}
	return info
}

// ConnectionOf returns a page of items, each converted by node.
func ConnectionOf[T, N any](page *collab.Page[T], node func(T) N) *Connection[N] {
	c := &Connection[N]{
		Edges: make([]*Edge[N], len(page.Items)), Nodes: make([]N, len(page.Items)), PageInfo: PageInfoOf(page),
		TotalCount: page.Total.N, TotalCountIsExact: page.Total.IsExact, AsOf: page.AsOf,
	}
	for i, item := range page.Items {
		c.Nodes[i] = node(item)
		c.Edges[i] = &Edge[N]{Cursor: page.Keys[i], Node: c.Nodes[i]}
	}
	return c
}

// Entities returns a page of entities of one type.
func Entities[E collab.Entity](page *collab.Page[collab.Entity]) *Connection[E] {
	return ConnectionOf(page, func(e collab.Entity) E { return e.(E) })
}

// Items returns a page of items as they are.
func Items[T any](page *collab.Page[T]) *Connection[T] {
	return ConnectionOf(page, func(item T) T { return item })
}
