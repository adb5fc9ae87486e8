package collab

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A meaning is what the values of a field stand for. It decides how they are shown to people.
type meaning int

const (
	meansItself meaning = iota // a text, a number or a time
	meansWord                  // a value of an enum
	meansList                  // several texts
	meansPerson                // the id of a person
	meansPeople                // the ids of several people
	meansEntity                // the id of an entity
	meansAmount                // a sum in the minor unit of the currency in another field
)

// A Shown is a value of a field, with all that is needed to show it to a person.
type Shown struct {
	value    JSON
	meaning  meaning
	currency JSON // of an amount
}

// shown returns a value of a field of an entity of a type. The type may be that of a newer release.
func shown(t EntityType, field string, value, currency JSON) Shown {
	noun, err := NounOf(t)
	if err != nil {
		return Shown{value: value}
	}
	return Shown{value: value, meaning: noun.meanings[field], currency: currency}
}

// People returns the ids of the people whom the value names.
func (s Shown) People() (ids []ID) {
	var id ID
	switch {
	case isNull(json.RawMessage(s.value)):
	case s.meaning == meansPeople:
		_ = json.Unmarshal(s.value, &ids) // values of the log were checked when they were written
	case s.meaning == meansPerson && json.Unmarshal(s.value, &id) == nil:
		ids = []ID{id}
	}
	return ids
}

// One reports whether the value names one person or entity, not a list.
func (s Shown) One() bool { return s.meaning == meansPerson || s.meaning == meansEntity }

// Entity returns the id of the entity that the value names, or "".
func (s Shown) Entity() (id ID) {
	if s.meaning == meansEntity && !isNull(json.RawMessage(s.value)) {
		_ = json.Unmarshal(s.value, &id)
	}
	return id
}

// Text returns the text of a value that does not consist of ids; nil if there is nothing to show.
func (s Shown) Text() *string {
	var text string
	var list []string
	switch {
	case isNull(json.RawMessage(s.value)), s.One(), s.meaning == meansPeople:
		return nil
	case s.meaning == meansAmount:
		return s.amount()
	case s.meaning == meansList:
		if json.Unmarshal(s.value, &list) != nil || len(list) == 0 {
			return nil
		}
		text = strings.Join(list, ", ")
	case json.Unmarshal(s.value, &text) != nil:
		text = string(s.value) // a number
	case s.meaning == meansWord:
		text = words(text)
	}
	return &text
}

// amount returns a sum with its currency, or nil if the currency is not known.
func (s Shown) amount() *string {
	var minor int64
	var currency string
	if json.Unmarshal(s.value, &minor) != nil || json.Unmarshal(s.currency, &currency) != nil || currency == "" {
		return nil
	}
	return ptr(amountText(minor, currency))
}

// words returns the value of an enum as words: "In progress" for IN_PROGRESS.
func words(value string) string {
	text := strings.ToLower(strings.ReplaceAll(value, "_", " "))
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// A ShownChange is a field of a change, with both values as they are shown to people.
type ShownChange struct {
	*FieldChange
	Old, New Shown
}

// NeedsCurrency reports whether the change set the amount and not its currency, so that Shown needs the
// entity as the change left it.
func (c *Change) NeedsCurrency() bool {
	names := make([]string, len(c.Fields))
	for i, f := range c.Fields {
		names[i] = f.Field
	}
	return needsCurrency(c.EntityType, names)
}

// needsCurrency reports whether fields include the amount of a type without its currency.
func needsCurrency(t EntityType, fields []string) bool {
	noun, err := NounOf(t)
	if err != nil || noun.currency == "" {
		return false
	}
	isAmount := func(field string) bool { return noun.meanings[field] == meansAmount }
	return slices.ContainsFunc(fields, isAmount) && !slices.Contains(fields, noun.currency)
}

// Shown returns fields of the change as they are shown. fields are those of the change that a reader
// may see; after is the entity as the change left it, or nil where it is not known or not needed.
func (c *Change) Shown(fields []*FieldChange, after Entity) []*ShownChange {
	var was, is JSON // the currency
	if after != nil && c.NeedsCurrency() {
		is = currencyOf(after)
		was = is
	}
	noun, err := NounOf(c.EntityType)
	for _, f := range c.Fields {
		if err == nil && f.Field == noun.currency {
			was, is = f.OldValue, f.NewValue
		}
	}
	changes := make([]*ShownChange, len(fields))
	for i, f := range fields {
		changes[i] = &ShownChange{FieldChange: f, Old: shown(c.EntityType, f.Field, f.OldValue, was), New: shown(c.EntityType, f.Field, f.NewValue, is)}
	}
	return changes
}

// currencyOf returns the currency of an entity's amount, as its document has it.
func currencyOf(e Entity) JSON {
	document, err := fieldsOf(e)
	if err != nil {
		return nil
	}
	return JSON(document[e.noun().currency])
}

// A ShownConflict is a field of a conflict, with its sides as they are shown to people.
type ShownConflict struct {
	*FieldConflict
	ShownBase, ShownLocal, ShownRemote Shown
}

// NeedsCurrency reports whether the amount is in conflict and its currency is not, so that Shown needs
// the entity at both versions.
func (c *Conflict) NeedsCurrency() bool {
	names := make([]string, len(c.Fields))
	for i, f := range c.Fields {
		names[i] = f.Field
	}
	return needsCurrency(c.EntityType, names)
}

// Shown returns fields of the conflict as they are shown. fields are those of the conflict that a reader
// may see; base and remote are the entity at the two versions, or nil where they are not known or
// not needed. A currency that is not in conflict is the same on the local side as on the remote one.
func (c *Conflict) Shown(fields []*FieldConflict, base, remote Entity) []*ShownConflict {
	var atBase, atLocal, atRemote JSON
	if base != nil {
		atBase = currencyOf(base)
	}
	if remote != nil {
		atRemote = currencyOf(remote)
		atLocal = atRemote
	}
	noun, err := NounOf(c.EntityType)
	for _, f := range fields {
		if err == nil && f.Field == noun.currency {
			atBase, atLocal, atRemote = f.Base, f.Local, f.Remote
		}
	}
	conflicts := make([]*ShownConflict, len(fields))
	for i, f := range fields {
		conflicts[i] = &ShownConflict{
			FieldConflict: f, ShownBase: shown(c.EntityType, f.Field, f.Base, atBase),
			ShownLocal: shown(c.EntityType, f.Field, f.Local, atLocal), ShownRemote: shown(c.EntityType, f.Field, f.Remote, atRemote),
		}
	}
	return conflicts
}
