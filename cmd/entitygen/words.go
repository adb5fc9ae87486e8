package main

import (
	"regexp"
	"strings"

	"tandem/internal/english"
)

var humps = regexp.MustCompile(`([a-z0-9])([A-Z])`)

// Word is the type in a sentence: sales order.
func (e *entity) Word() string { return strings.ToLower(humps.ReplaceAllString(e.Name, "$1 $2")) }

// One is the word with its article.
func (e *entity) One() string { return english.WithArticle(e.Word()) }

// Many is the word for several.
func (e *entity) Many() string { return english.Plural(e.Word()) }

// Type is the value of the schema's EntityType: SALES_ORDER.
func (e *entity) Type() string { return strings.ToUpper(strings.ReplaceAll(e.Word(), " ", "_")) }

// Field is the name of a field that is one of them: salesOrder.
func (e *entity) Field() string { return strings.ToLower(e.Name[:1]) + e.Name[1:] }

// List is the name of a field that is several of them: salesOrders.
func (e *entity) List() string { return english.Plural(e.Field()) }

// Method is List as the name of a method.
func (e *entity) Method() string { return english.Plural(e.Name) }

// With returns the field with a tag, or nil.
func (e *entity) With(tag string) *field {
	for _, f := range e.Fields {
		if f.Is(tag) {
			return f
		}
	}
	return nil
}

// Searched are the fields that a search looks through.
func (e *entity) Searched() (fields []*field) {
	for _, f := range e.Fields {
		if f.Is("search") || f.Is("title") {
			fields = append(fields, f)
		}
	}
	return fields
}

// Named are the names of fields in a sentence.
func (e *entity) Named(fields []*field) (names []string) {
	for _, f := range fields {
		names = append(names, strings.ToLower(humps.ReplaceAllString(f.JSON, "$1 $2")))
	}
	return names
}

// Defaults are the fields with a default.
func (e *entity) Defaults() (fields []*field) {
	for _, f := range e.Fields {
		if f.Is("default") {
			fields = append(fields, f)
		}
	}
	return fields
}

// Lists are the fields that are lists.
func (e *entity) Lists() (fields []*field) {
	for _, f := range e.Fields {
		if strings.HasPrefix(f.Type, "[]") {
			fields = append(fields, f)
		}
	}
	return fields
}

// A group is fields that are valid only together.
type group struct {
	Check  string
	Whole  bool
	Fields []*field
}

// Groups are the groups of fields, by the method that checks them.
func (e *entity) Groups() (groups []*group) {
	for _, f := range e.Fields {
		check := f.tags["together"]
		if check == "" {
			continue
		}
		if n := len(groups); n == 0 || groups[n-1].Check != check {
			groups = append(groups, &group{Check: check})
		}
		g := groups[len(groups)-1]
		g.Fields = append(g.Fields, f)
		g.Whole = g.Whole || f.Is("whole")
	}
	return groups
}

// Related are the types whose entities belong to one of these.
func (e *entity) Related() (related []*entity) {
	for _, other := range e.all {
		if e.Name == "Customer" && other.With("customer") != nil {
			related = append(related, other)
		}
	}
	return related
}

// Natures are the fields that are merged as something else than a value.
func (e *entity) Natures() (fields []*field) {
	for _, f := range e.Fields {
		if f.Is("merge") {
			fields = append(fields, f)
		}
	}
	return fields
}
