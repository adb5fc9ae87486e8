package collab

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// maxSearchLength bounds the text of a search, in characters, so that any name can be searched for.
const maxSearchLength = 200

// An EntityQuery asks for entities of one type. All of its conditions hold. A field that is nil, empty
// or false does not narrow, except that a list that is empty and not nil matches nothing.
type EntityQuery struct {
	// Type is the type of the entities; only Matches takes "" for all types.
	Type EntityType
	// Search is text that SearchText must contain, compared as FoldText folds it. It is taken
	// literally: % and _ and \ have no special meaning.
	Search string
	IDs    []ID
	Status []string
	// OwnerID and OwnerIDs are people who own it; Unowned adds the entities without an owner to OwnerIDs.
	OwnerID    *ID
	OwnerIDs   []ID
	Unowned    bool
	CustomerID *ID
	// CustomerIDs are customers to whom it belongs, as a customer does to itself. Stores ignore it.
	CustomerIDs []ID
	Tag         *string
	Tags        []string // any of these
	AttendeeIDs []ID     // any of these
	// Deleted asks for deleted entities instead of those that are there.
	Deleted bool
	// The ranges of time include their beginning, and not their end.
	StartsAfter, StartsBefore   *Time
	CreatedAfter, CreatedBefore *Time
	UpdatedAfter, UpdatedBefore *Time

	Order EntityOrder
	After *SortKey
	Limit int
}

// IsRange reports whether the query asks for a range of time.
func (q EntityQuery) IsRange() bool {
	return q.StartsAfter != nil || q.StartsBefore != nil || q.CreatedAfter != nil || q.CreatedBefore != nil ||
		q.UpdatedAfter != nil || q.UpdatedBefore != nil
}

// IsDirect reports whether the entities are found by an index of the table of entities: those of one
// customer, with certain ids, and the deleted ones, which the index of lists does not have.
func (q EntityQuery) IsDirect() bool { return q.CustomerID != nil || q.IDs != nil || q.Deleted }

// IsWhole reports whether found, which ListEntities returned for the query, is all that it asks for
// on any page.
func (q EntityQuery) IsWhole(found []Entity) bool { return q.After == nil && len(found) < q.Limit }

// check refuses values that no entity can have, and folds the search.
func (q *EntityQuery) check() error {
	if utf8.RuneCountInString(q.Search) > maxSearchLength || !printable(q.Search) {
		return Errorf(BadInput, "search must have at most %d characters and no control characters", maxSearchLength)
	}
	if q.Tag != nil && !printable(*q.Tag) {
		return Errorf(BadInput, "tag must have no control characters")
	}
	if !slices.ContainsFunc(q.Tags, func(tag string) bool { return !printable(tag) }) {
		q.Search = FoldText(q.Search)
		return nil
	}
	return Errorf(BadInput, "tags must have no control characters")
}

// Matches reports whether an entity meets the conditions of a query that was checked. It is what stores
// do in SQL, except that a store also hides what belongs to a customer whom the scope does not see.
func (q *EntityQuery) Matches(e Entity) bool {
	r, i := e.Common(), e.Indexed()
	return (q.Type == "" || r.Type == q.Type) && (r.DeletedAt != nil) == q.Deleted && q.matchesTimes(r, i) &&
		isAmong(q.IDs, r.ID) && isAmong(q.Status, i.Status) && isEqual(q.OwnerID, i.OwnerID) && q.matchesOwner(i.OwnerID) &&
		isEqual(q.CustomerID, i.CustomerID) && (q.CustomerIDs == nil || i.CustomerID != nil && slices.Contains(q.CustomerIDs, *i.CustomerID)) &&
		(q.Tag == nil || slices.Contains(i.Tags, *q.Tag)) && anyAmong(q.Tags, i.Tags) && anyAmong(q.AttendeeIDs, i.AttendeeIDs) &&
		(q.Search == "" || strings.Contains(e.SearchText(), q.Search))
}

// mayEverMatch reports whether an entity meets the conditions whose values never change.
func (q *EntityQuery) mayEverMatch(e Entity) bool {
	r := e.Common()
	return (q.Type == "" || r.Type == q.Type) && isAmong(q.IDs, r.ID) && isWithin(q.CreatedAfter, q.CreatedBefore, &r.CreatedAt)
}

func (q *EntityQuery) matchesOwner(owner *ID) bool {
	if owner == nil {
		return q.Unowned || q.OwnerIDs == nil
	}
	return slices.Contains(q.OwnerIDs, *owner) || q.OwnerIDs == nil && !q.Unowned
}

func (q *EntityQuery) matchesTimes(r *Record, i Indexed) bool {
	return isWithin(q.CreatedAfter, q.CreatedBefore, &r.CreatedAt) && isWithin(q.UpdatedAfter, q.UpdatedBefore, &r.UpdatedAt) &&
		isWithin(q.StartsAfter, q.StartsBefore, i.StartsAt)
}

// isWithin reports whether a time is in a range, of which either end may be open. No time is in none.
func isWithin(from, before, at *Time) bool {
	if from == nil && before == nil {
		return true
	}
	return at != nil && (from == nil || !at.Before(from.Time)) && (before == nil || at.Before(before.Time))
}

// isEqual reports whether a value is the wanted one. Nil wants nothing.
func isEqual(want, value *ID) bool { return want == nil || value != nil && *value == *want }

// isAmong reports whether a value is one of a list. A nil list has them all.
func isAmong[T comparable](list []T, value T) bool {
	return list == nil || slices.Contains(list, value)
}

// anyAmong reports whether one of the values is one of a list. A nil list asks for none.
func anyAmong[T comparable](list, values []T) bool {
	return list == nil || slices.ContainsFunc(values, func(v T) bool { return slices.Contains(list, v) })
}
