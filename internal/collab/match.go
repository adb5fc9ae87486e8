package collab

import "slices"

// matches reports whether the change is in the feed. Stores say the same in SQL.
func (f ActivityFeed) matches(c *Change) bool {
	switch f.Type {
	case FeedUser:
		return c.ActorID == f.EntityID
	case FeedCustomer:
		return c.CustomerID != nil && *c.CustomerID == f.EntityID ||
			c.PriorCustomerID != nil && *c.PriorCustomerID == f.EntityID
	}
	return true
}

// matches reports whether the filter lets the change through.
func (f ActivityFilter) matches(c *Change) bool {
	return among(f.Types, c.Type) && among(f.EntityTypes, c.EntityType) &&
		among(f.EntityIDs, c.EntityID) && among(f.UserIDs, c.ActorID) &&
		(f.Since == nil || !c.OccurredAt.Before(f.Since.Time)) &&
		(f.Until == nil || c.OccurredAt.Before(f.Until.Time))
}

// Matches reports whether the change is one of an entity that the query asks for.
func (q ChangeQuery) Matches(c *Change) bool {
	return c.MakesVersion() && among(q.Types, c.EntityType) && (q.EntityID == nil || *q.EntityID == c.EntityID)
}

// among reports whether a list that may be empty, for anything, has the value.
func among[T comparable](list []T, value T) bool {
	return len(list) == 0 || slices.Contains(list, value)
}

// Check refuses a feed that does not say whose it is.
func (q ActivityQuery) Check() error { return q.Feed.check() }
