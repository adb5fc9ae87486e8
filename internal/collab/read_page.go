package collab

import (
	"encoding/base64"
	"encoding/json"
)

// Sizes of a page: the default and the maximum.
const (
	DefaultPageSize = 25
	MaxPageSize     = 100
)

// A Page is one page of a list.
type Page[T any] struct {
	Items []T
	// Keys has the page cursor of each item. If a client sends it back as After, the next page starts
	// behind the item.
	Keys []string
	// HasNext and HasPrevious report whether the list has items after, and before, this page.
	HasNext, HasPrevious bool
	// Total counts the whole list, whatever the page. It is filled only when asked for.
	Total Count
	// AsOf is the head of the log, read before the page was.
	AsOf Cursor
}

// A Count is the number of items in a list. A count that is not exact is an estimate, for a list
// that is too long to be counted.
type Count struct {
	N       int
	IsExact bool
}

// MostCounted is the largest number of items that are counted one by one.
const MostCounted = 10_000

// CountUpTo is the count of items of which at most MostCounted + 1 were counted.
func CountUpTo(n int) Count { return Count{N: min(n, MostCounted), IsExact: n <= MostCounted} }

func exactly(n int) Count { return Count{N: n, IsExact: true} }

// A PageRequest is what a client asks for.
type PageRequest struct {
	// First is how many at most, from 0 to MaxPageSize; nil is DefaultPageSize.
	First *int
	// After is a page cursor of an earlier page; nil is the beginning.
	After *string
	// Total asks for the count of the whole list, AsOf for the head of the log.
	Total, AsOf bool
}

// PageSize checks the number of items that a client asked for. Nil stands for DefaultPageSize. It
// returns a BadInput error below 0 and above MaxPageSize.
func PageSize(first *int) (int, error) {
	if first == nil {
		return DefaultPageSize, nil
	}
	if *first < 0 || *first > MaxPageSize {
		return 0, Errorf(BadInput, "first must be from 0 to %d", MaxPageSize)
	}
	return *first, nil
}

// NameKey is the sort key of a name, the same in every store.
func NameKey(name string) string { return FoldText(name) }

// paginate makes a page of items, of which one more than size was requested.
func paginate[T any](items []T, size int, paged bool, key func(T) string) *Page[T] {
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

// pageCursor is a SortKey together with its order, so that it is not mistaken for one in another
// order.
type pageCursor struct {
	Order string `json:"o"`
	SortKey
}

func encodeSortKey(order string, key SortKey) string {
	encoded, _ := json.Marshal(pageCursor{Order: order, SortKey: key}) // texts and times always encode
	return base64.RawURLEncoding.EncodeToString(encoded)
}

// CheckPageCursor returns an error for a page cursor that no page in the order has. The order is an
// EntityOrder, or that of a list with only one.
func CheckPageCursor(order, after string) error {
	_, err := decodeSortKey(order, &after)
	return err
}

// decodeSortKey decodes a key that encodeSortKey encoded for the same order. Nil is the beginning.
func decodeSortKey(order string, after *string) (*SortKey, error) {
	if after == nil {
		return nil, nil
	}
	var key pageCursor
	decoded, err := base64.RawURLEncoding.DecodeString(*after)
	if err == nil {
		err = json.Unmarshal(decoded, &key)
	}
	if err != nil || key.Order != order || !printable(key.Name) || !printable(string(key.ID)) {
		return nil, Errorf(BadInput, "after must be a cursor of a page of the same list in the same order")
	}
	return &key.SortKey, nil
}
