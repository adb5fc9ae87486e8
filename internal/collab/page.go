package collab

import (
	"encoding/base64"
	"encoding/json"
)

// Sizes of a page: how many are given when nothing is said, and the most.
const (
	DefaultPageSize = 25
	MaxPageSize     = 100
)

// A Page is one page of a list, with a place in it for every item.
type Page[T any] struct {
	Items []T
	// Keys holds the place of each item; sent back as After, the next page starts behind it.
	Keys []string
	// HasNext and HasPrevious tell whether the list goes on after, and came before, this page.
	HasNext, HasPrevious bool
	// Total counts the whole list, whatever the page. It is filled only when asked for.
	Total Count
	// AsOf is a place in the log that was read before the page was.
	AsOf Cursor
}

// A Count is how many items a list has. One that is not exact is an estimate, of a
// list that is too long to be counted.
type Count struct {
	N       int
	IsExact bool
}

// MostCounted is how many items are counted one by one.
const MostCounted = 10_000

// CountUpTo is the count of items of which at most MostCounted + 1 were counted.
func CountUpTo(n int) Count { return Count{N: min(n, MostCounted), IsExact: n <= MostCounted} }

func exactly(n int) Count { return Count{N: n, IsExact: true} }

// A PageRequest is what a client asks for.
type PageRequest struct {
	// First is how many at most, from 0 to MaxPageSize; nil is DefaultPageSize.
	First *int
	// After is a place of an earlier page; nil is the beginning.
	After *string
	// Total asks for the count of the whole list, AsOf for the place in the log.
	Total, AsOf bool
}

// PageSize checks how many a client asked for. Nil stands for DefaultPageSize.
// It returns a BadInput error below 0 and above MaxPageSize.
func PageSize(first *int) (int, error) {
	if first == nil {
		return DefaultPageSize, nil
	}
	if *first < 0 || *first > MaxPageSize {
		return 0, Errorf(BadInput, "first must be from 0 to %d", MaxPageSize)
	}
	return *first, nil
}

// NameKey is what names are sorted by, the same in every store.
func NameKey(name string) string { return FoldText(name) }

// cut makes a page of items, of which one more than size was asked for.
func cut[T any](items []T, size int, paged bool, key func(T) string) *Page[T] {
	page := &Page[T]{Items: items, HasPrevious: paged}
	if len(items) > size {
		page.Items, page.HasNext = items[:size], true
	}
	page.Keys = make([]string, len(page.Items))
	for i, item := range page.Items {
		page.Keys[i] = key(item)
	}
	return page
}

// placeKey is an encoded Place, together with the order that it is a place in,
// so that it is not taken for one of another order.
type placeKey struct {
	Order string `json:"o"`
	Place
}

func encodePlace(order string, place Place) string {
	encoded, _ := json.Marshal(placeKey{Order: order, Place: place}) // texts and times always encode
	return base64.RawURLEncoding.EncodeToString(encoded)
}

// decodePlace reads what encodePlace made for the same order. Nil is the beginning.
func decodePlace(order string, after *string) (*Place, error) {
	if after == nil {
		return nil, nil
	}
	var key placeKey
	decoded, err := base64.RawURLEncoding.DecodeString(*after)
	if err == nil {
		err = json.Unmarshal(decoded, &key)
	}
	if err != nil || key.Order != order || !printable(key.Name) || !printable(string(key.ID)) {
		return nil, Errorf(BadInput, "after must be a cursor of a page of the same list in the same order")
	}
	return &key.Place, nil
}
