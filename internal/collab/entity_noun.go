package collab

import (
	"fmt"
	"slices"
	"strings"

	"tandem/internal/english"
)

// A Noun describes a type of entities: everything that the rest of the program has to know about
// it.
type Noun struct {
	Type EntityType
	// Prefix starts the ids of such entities.
	Prefix string
	// New returns an empty entity. Its lists are empty, not null.
	New func() Entity
	// Defaults are the fields that a new entity has when the client leaves them out.
	Defaults Fields
	// People is the field with the people of such an entity besides its owner, as in documents; "" for none.
	People string
	// Natures are the natures of the fields that are not values.
	Natures map[string]Nature

	// orders are those that lists of such entities have besides the orders of all types.
	orders map[EntityOrder]Sorting

	// meanings are what the values of fields stand for; a field that is absent has values that are shown
	// as they are. currency is the field with the currency of the amount; "" for none.
	meanings map[string]meaning
	currency string

	change   func(*Change) EntityChange
	conflict func(*Conflict) TypedConflict
	saved    func(*Saved) Answer
}

// EntityTypes are the types of Nouns.
var EntityTypes = func() (types []EntityType) {
	for _, n := range Nouns {
		types = append(types, n.Type)
	}
	return types
}()

// NounOf returns the noun of a type. The type may come from a row or a message of a newer release.
func NounOf(t EntityType) (*Noun, error) {
	i := slices.IndexFunc(Nouns, func(n *Noun) bool { return n.Type == t })
	if i < 0 {
		return nil, fmt.Errorf("unknown entity type %q", t)
	}
	return Nouns[i], nil
}

// noun returns the noun of a type that must exist, since the schema allows no other. It panics
// otherwise, rather than mistake one type for another.
func (t EntityType) noun() *Noun {
	n, err := NounOf(t)
	if err != nil {
		panic("collab: " + err.Error())
	}
	return n
}

// word is the type as a word in a sentence. It works even for a type that only newer releases know.
func (t EntityType) word() string { return strings.ToLower(strings.ReplaceAll(string(t), "_", " ")) }

// one is the word with its article: a call, an order.
func (t EntityType) one() string { return english.WithArticle(t.word()) }

// Plural is the word for several: calls, sales orders.
func (t EntityType) Plural() string { return english.Plural(t.word()) }

// typeOf is the type of an entity, even if it has no record yet.
func typeOf(e Entity) EntityType { return e.noun().Type }

// newEntity returns an empty entity of a type.
func newEntity(t EntityType) Entity { return t.noun().New() }
