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

// A Kind is what a change did to what; the log has an index by it.
type Kind struct {
	EntityType EntityType
	Type       ChangeType
}

// Kinds are those of the changes that the query asks for; nil is not known to be few.
func (q ChangeQuery) Kinds() []Kind {
	if len(q.Types) == 0 || q.EntityID != nil {
		return nil
	}
	return kinds(q.Types, EntityChangeTypes)
}

// Kinds are those of the changes that the query asks for; nil is not known to be few,
// or that there is an index that narrows more.
func (q ActivityQuery) Kinds() []Kind {
	f := q.Filter
	if q.Feed.Type == FeedUser || q.Feed.Type == FeedCustomer || len(f.EntityIDs) > 0 || len(f.UserIDs) > 0 ||
		len(f.Types) == 0 && len(f.EntityTypes) == 0 {
		return nil
	}
	of := f.EntityTypes
	if len(of) == 0 {
		of = EntityTypes
	}
	return kinds(of, f.ActivityTypes())
}

func kinds(of []EntityType, types []ChangeType) []Kind {
	all := []Kind{}
	for _, entityType := range of {
		for _, t := range types {
			all = append(all, Kind{entityType, t})
		}
	}
	return all
}

// ActivityTypes are the types of activity that the filter lets through.
func (f ActivityFilter) ActivityTypes() []ChangeType {
	if len(f.Types) == 0 {
		return ActivityTypes
	}
	return slices.DeleteFunc(slices.Clone(f.Types), func(t ChangeType) bool { return !slices.Contains(ActivityTypes, t) })
}

// among reports whether a list that may be empty, for anything, has the value.
func among[T comparable](list []T, value T) bool {
	return len(list) == 0 || slices.Contains(list, value)
}

// Check refuses a feed that does not say whose it is.
func (q ActivityQuery) Check() error { return q.Feed.check() }
