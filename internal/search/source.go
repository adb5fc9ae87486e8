// Package search is the index that narrows and counts lists of entities. Both stores
// keep it in their own tables, so both find the same entities.
//
// The index is a bitmap for each key: a status, an owner, a tag, or a sequence of
// one to three letters of the searched text. Every indexed entity of a type has a
// number, and the bitmap of a key has the bits of the entities with that key.
// Bitmaps are kept in chunks, so that a change rewrites little.
//
// The index follows the entities; it is not part of their writes. It is complete up
// to a position of the log, and its reader looks at the entities that changed
// since one by one. It only narrows: what a bitmap lets through is still compared
// with the query.
package search

import (
	"slices"
	"strings"

	"tandem/internal/collab"
)

// Kinds of keys, as their first byte. The searched text and the other values have
// keys that can't be mistaken for each other.
const (
	keyEvery      = "*" // every entity
	keyStatus     = "s"
	keyOwner      = "o"
	keyTag        = "t"
	keyRestricted = "r"
	keyCreator    = "c" // of what is restricted
	keyUnowned    = "n"
	keyPerson     = "p" // among the people of an entity besides its owner
	keyLetters    = "="
)

// longest is the maximum number of letters of a key of the searched text.
const longest = 3

// Separators in a source. No value has control characters.
const (
	endOfKey  = "\x1f"
	endOfKeys = "\x1e"
)

// Source returns the data of an entity in the index: its keys except those of the searched text,
// and that text. It is empty for a deleted entity.
func Source(e collab.Entity) string {
	r, b := e.Common(), e.Indexed()
	if r.DeletedAt != nil {
		return ""
	}
	keys := []string{keyEvery, keyStatus + b.Status}
	if b.OwnerID != nil {
		keys = append(keys, keyOwner+string(*b.OwnerID))
	} else {
		keys = append(keys, keyUnowned)
	}
	for _, id := range b.AttendeeIDs {
		keys = append(keys, keyPerson+string(id))
	}
	if b.Visibility == collab.VisibleRestricted {
		keys = append(keys, keyRestricted, keyCreator+string(r.CreatedBy))
	}
	for _, tag := range b.Tags {
		keys = append(keys, keyTag+tag)
	}
	return strings.Join(keys, endOfKey) + endOfKeys + e.SearchText()
}

// keysOf returns the keys of a source, sorted, without duplicates.
func keysOf(source string) []string {
	if source == "" {
		return nil
	}
	values, text, _ := strings.Cut(source, endOfKeys)
	keys := strings.Split(values, endOfKey)
	starts := make([]int, 0, len(text)+1)
	for i := range text {
		starts = append(starts, i)
	}
	starts = append(starts, len(text))
	for i := range starts {
		for end := i + 1; end < len(starts) && end <= i+longest; end++ {
			keys = append(keys, keyLetters+text[starts[i]:starts[end]])
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// keysOfTerm returns keys that every text containing the term has: at most
// mostKeys of them, spread over the term.
func keysOfTerm(term string) []string {
	letters := strings.Split(term, "")
	if len(letters) <= longest {
		return []string{keyLetters + term}
	}
	last := len(letters) - longest
	count := min(last+1, mostKeys)
	keys := make([]string, count)
	for i := range keys {
		at := i * last / (count - 1)
		keys[i] = keyLetters + strings.Join(letters[at:at+longest], "")
	}
	return keys
}

// mostKeys bounds the number of bitmaps that a search reads for its term.
const mostKeys = 12
