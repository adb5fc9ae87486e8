package collab

import "slices"

// matches reports whether the change is in the feed. Stores do the same in SQL.
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
		(f.Until == nil || c.OccurredAt.Before(f.Until.Time)) &&
		!(f.OnlyFirst() && c.Batch.Follow())
}

// OnlyFirst reports whether changes that follow in a batch are left out.
func (f ActivityFilter) OnlyFirst() bool { return f.FirstOfBatch != nil && *f.FirstOfBatch }

// withoutBatches returns the filter as it applies to a few entities, whose events of a batch are all of interest.
func (f ActivityFilter) withoutBatches() ActivityFilter {
	f.FirstOfBatch = nil
	return f
}

// Matches reports whether the change is one of an entity that the query asks for.
func (q ChangeQuery) Matches(c *Change) bool {
	return c.MakesVersion() && q.matchesEntity(c)
}

// matchesEntity reports whether the change is about an entity that the query asks for.
func (q ChangeQuery) matchesEntity(c *Change) bool {
	return among(q.Types, c.EntityType) && q.matchesID(c.EntityID)
}

func (q ChangeQuery) matchesID(id ID) bool { return q.EntityID == nil || *q.EntityID == id }

// A Kind is a type of change and the type of entity that it changed; the log has an index by it.
type Kind struct {
	EntityType EntityType
	Type       ChangeType
}

// Kinds are the kinds of changes that the query asks for; nil if they may be many.
func (q ChangeQuery) Kinds() []Kind {
	if len(q.Types) == 0 || q.EntityID != nil {
		return nil
	}
	return kinds(q.Types, EntityChangeTypes)
}

// Actors are the people whose activity the query asks for; nil if it is everybody's, or if another
// index narrows more.
func (q ActivityQuery) Actors() []ID {
	if len(q.Filter.EntityIDs) > 0 {
		return nil
	}
	if q.Feed.Type != FeedUser {
		return q.Filter.UserIDs
	}
	if len(q.Filter.UserIDs) > 0 && !slices.Contains(q.Filter.UserIDs, q.Feed.EntityID) {
		return []ID{}
	}
	return []ID{q.Feed.EntityID}
}

// Kinds are the kinds of changes that the query asks for; nil if they may be many, or if another
// index narrows more.
func (q ActivityQuery) Kinds() []Kind {
	f := q.Filter
	if q.Feed.Type == FeedCustomer || len(f.EntityIDs) > 0 || len(f.Types) == 0 && len(f.EntityTypes) == 0 {
		return nil
	}
	return f.Kinds()
}

// Kinds are the kinds of activity that the filter lets through.
func (f ActivityFilter) Kinds() []Kind {
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

// among reports whether a list has the value; an empty list matches anything.
func among[T comparable](list []T, value T) bool {
	return len(list) == 0 || slices.Contains(list, value)
}

// Check rejects a feed without the id of its person or entity.
func (q ActivityQuery) Check() error { return q.Feed.check() }
