package collab

import (
	"slices"
	"strings"
)

// An EntityOrder is the order of a list of entities.
type EntityOrder string

// The orders of all types. A type has more if its declaration has a field for them.
const (
	OrderUpdatedDesc EntityOrder = "UPDATED_AT_DESC"
	OrderUpdatedAsc  EntityOrder = "UPDATED_AT_ASC"
	OrderNameAsc     EntityOrder = "NAME_ASC" // by NameKey
	OrderCreatedDesc EntityOrder = "CREATED_AT_DESC"
)

// A SortValue is what a list is sorted by.
type SortValue int

// The values that lists are sorted by. An entity without a start or an amount comes last in either
// direction.
const (
	SortByUpdate SortValue = iota
	SortByCreation
	SortByName
	SortByStart
	SortByAmount
)

// A Sorting is how a list is sorted. Ties are broken by the id, in the same direction.
type Sorting struct {
	By         SortValue
	Descending bool
}

// MayLack reports whether an entity may have no value to sort by.
func (s Sorting) MayLack() bool { return s.By == SortByStart || s.By == SortByAmount }

// sortings are the orders that all types have.
var sortings = map[EntityOrder]Sorting{
	OrderUpdatedDesc: {SortByUpdate, true},
	OrderUpdatedAsc:  {SortByUpdate, false},
	OrderNameAsc:     {SortByName, false},
	OrderCreatedDesc: {SortByCreation, true},
}

// sortingOf returns how an order sorts a type.
func sortingOf(t EntityType, order EntityOrder) (Sorting, bool) {
	if sorting, common := sortings[order]; common {
		return sorting, true
	}
	noun, err := NounOf(t)
	if err != nil {
		return Sorting{}, false
	}
	sorting, has := noun.orders[order]
	return sorting, has
}

// Sorting returns how the query's order sorts. The default is by update, the latest first.
func (q EntityQuery) Sorting() Sorting {
	sorting, has := sortingOf(q.Type, q.Order)
	if !has {
		return sortings[OrderUpdatedDesc]
	}
	return sorting
}

// checkOrder refuses an order that the listed type lacks.
func (q EntityQuery) checkOrder() error {
	if _, has := sortingOf(q.Type, q.Order); has {
		return nil
	}
	names := []string{string(OrderUpdatedDesc), string(OrderUpdatedAsc), string(OrderNameAsc), string(OrderCreatedDesc)}
	if noun, err := NounOf(q.Type); err == nil {
		var more []string
		for order := range noun.orders {
			more = append(more, string(order))
		}
		slices.Sort(more)
		names = append(names, more...)
	}
	return Errorf(BadInput, "orderBy must be one of %s for this list", strings.Join(names, ", "))
}

// key encodes the sort key of an entity in the query's order.
func (q EntityQuery) key(e Entity) string { return encodeSortKey(string(q.Order), q.SortKey(e)) }

// SortKey returns the position of an entity in the query's order.
func (q EntityQuery) SortKey(e Entity) SortKey {
	key := SortKey{ID: e.Common().ID}
	switch q.Sorting().By {
	case SortByName:
		key.Name = NameKey(e.DisplayName())
	case SortByCreation:
		key.Time = e.Common().CreatedAt
	case SortByStart:
		key.setTime(e.Indexed().StartsAt)
	case SortByAmount:
		if amount := e.Indexed().Amount; amount != nil {
			key.Amount = *amount
		} else {
			key.IsLast = true
		}
	default:
		key.Time = e.Common().UpdatedAt
	}
	return key
}

func (k *SortKey) setTime(at *Time) {
	if at == nil {
		k.IsLast = true
		return
	}
	k.Time = *at
}
