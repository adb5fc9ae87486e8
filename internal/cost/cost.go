package cost

import (
	"fmt"
	"math"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Bounds of an operation.
const (
	// MaxCost bounds the fields of an answer, as far as the operation lets it grow:
	// 100 customers with 25 calls each are about 10,000. More would be megabytes.
	MaxCost = 20_000
	// MaxEventCost bounds them for one event of a subscription, which is rendered
	// again for every change.
	MaxEventCost = 5_000
	// MaxDepth bounds fields in fields. The schema's own longest sensible way, from a
	// list to the people of the calls of its items, is 10.
	MaxDepth = 15
	// MaxFields bounds the fields that an operation begins with, each of which is a
	// question to the database of its own.
	MaxFields = 50
	// MaxAliases bounds the aliases, wherever they are spread.
	MaxAliases = 200

	// pageSize is how many items a list has that does not say how many, maxPageSize
	// the most it may ask for. They are those of collab.
	pageSize, maxPageSize = 25, 100
	// listSize is how many items a list is taken to have that is no page.
	listSize = 10
	// introspection is the cost of asking for the schema, whose answer does not
	// grow with the data. The validator bounds its depth.
	introspection = 1000
	// longText is the cost of a field whose value may be thousands of characters long.
	longText = 2
	// repeated is the cost of a long text, a value of any kind or the name of a type
	// under an alias: one object can be asked for each of them many times.
	repeated = 10
	// search is the cost of searching texts, besides what is found: an operation has
	// room for 19 searches.
	search = 1000
	// export is the cost of everything kept about a person: one answer has room for one.
	export = MaxCost/2 + 1
)

// longTexts are the fields of type String whose values may be longer than a line.
var longTexts = map[string]bool{"notes": true, "outcome": true, "agenda": true, "body": true}

// Check returns an error for a valid operation that would cost too much.
func Check(operation *ast.OperationDefinition, variables map[string]any) *gqlerror.Error {
	f := Measure(operation, variables)
	most := MaxCost
	if operation.Operation == ast.Subscription {
		most = MaxEventCost
	}
	return first(
		over(f.Depth, MaxDepth, "levels of fields", "ask in several requests"),
		over(f.Fields, MaxFields, "fields to begin with", "ask in several requests"),
		over(f.Aliases, MaxAliases, "aliases", "ask in several requests"),
		over(f.Cost, most, "fields in the answer", "ask for smaller pages (first), or for less of each item"),
	)
}

// Figures are what an operation costs. None is ever above a billion.
type Figures struct {
	// Cost is how many fields its answer may have: what is in a list counts once
	// for each item. Long texts and searches count as several fields, and so does each
	// item of a list that a field is given.
	Cost int
	// Depth is how deep fields are nested, Fields how many it begins with, and
	// Aliases how many have another name. Fragments count wherever they are spread.
	Depth, Fields, Aliases int
}

// Measure returns the figures of a valid operation.
func Measure(operation *ast.OperationDefinition, variables map[string]any) Figures {
	m := meter{variables: variables, known: map[fragment]Figures{}}
	return m.selections(operation.SelectionSet, false)
}

// A meter measures one operation.
type meter struct {
	variables map[string]any
	known     map[fragment]Figures // so that each fragment is measured once
}

// A fragment is one by its name, and whether it is spread where a list is a page.
type fragment struct {
	name string
	page bool
}

// selections measures a selection. page tells that its lists are the page that the
// field above asked for, so that they are not counted again.
func (m *meter) selections(set ast.SelectionSet, page bool) (sum Figures) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			sum = sum.and(m.field(selection, page))
		case *ast.InlineFragment:
			sum = sum.and(m.selections(selection.SelectionSet, page))
		case *ast.FragmentSpread:
			sum = sum.and(m.spread(selection, page))
		}
	}
	return sum
}

func (m *meter) spread(spread *ast.FragmentSpread, page bool) Figures {
	key := fragment{spread.Name, page}
	f, known := m.known[key]
	if !known {
		f = m.selections(spread.Definition.SelectionSet, page)
		m.known[key] = f
	}
	return f
}

func (m *meter) field(field *ast.Field, page bool) Figures {
	if field.Name == "__schema" || field.Name == "__type" {
		return Figures{Cost: introspection, Depth: 1, Fields: 1, Aliases: aliases(field)}
	}
	items, isPage := m.items(field, page)
	below := m.selections(field.SelectionSet, isPage)
	return Figures{
		Cost:    add(add(m.own(field), m.given(field)), times(items, below.Cost)),
		Depth:   add(1, below.Depth),
		Fields:  1,
		Aliases: add(aliases(field), below.Aliases),
	}
}

// own returns what a field costs besides what is below it.
func (m *meter) own(field *ast.Field) int {
	of := field.Definition.Type.Name()
	long := of == "String" && longTexts[field.Name]
	switch {
	case field.Name == "exportPersonalData":
		return export
	case aliases(field) > 0 && (long || of == "JSON" || field.Name == "__typename"):
		return repeated
	case long:
		return longText
	case m.searches(field):
		return 1 + search
	}
	return 1
}

// given returns how many items the lists have that a field is given. Each is read,
// and looked up or compared with.
func (m *meter) given(field *ast.Field) (items int) {
	if len(field.Arguments) == 0 {
		return 0
	}
	for _, value := range field.ArgumentMap(m.variables) {
		items = add(items, itemsIn(value))
	}
	return items
}

func itemsIn(value any) (items int) {
	switch value := value.(type) {
	case []any:
		items = len(value)
		for _, item := range value {
			items = add(items, itemsIn(item))
		}
	case map[string]any:
		for _, item := range value {
			items = add(items, itemsIn(item))
		}
	}
	return items
}

// searches reports whether a field searches texts.
func (m *meter) searches(field *ast.Field) bool {
	if field.Definition.Arguments.ForName("filter") == nil {
		return false
	}
	filter, _ := field.ArgumentMap(m.variables)["filter"].(map[string]any)
	text, _ := filter["search"].(string)
	return text != ""
}

// items returns how often what is below a field may be in the answer, and whether
// the field asks for a page, of which the lists below it are.
func (m *meter) items(field *ast.Field, page bool) (items int, isPage bool) {
	definition := field.Definition
	arguments := definition.Arguments
	switch {
	case arguments.ForName("first") != nil:
		return m.pageOf(field), true
	case arguments.ForName("ids") != nil && definition.Type.Elem != nil:
		ids, _ := field.ArgumentMap(m.variables)["ids"].([]any)
		return max(1, len(ids)), false
	case definition.Type.Elem != nil && !page:
		return listSize, false
	}
	return 1, false
}

// pageOf returns how many items a field asks for. What can't be had is refused later.
func (m *meter) pageOf(field *ast.Field) int {
	first := field.ArgumentMap(m.variables)["first"]
	if first == nil {
		return pageSize
	}
	n, err := strconv.Atoi(fmt.Sprint(first))
	if err != nil {
		return maxPageSize
	}
	return min(max(1, n), maxPageSize)
}

func aliases(field *ast.Field) int {
	if field.Alias == field.Name {
		return 0
	}
	return 1
}

// and returns the figures of both, side by side.
func (f Figures) and(g Figures) Figures {
	return Figures{
		Cost: add(f.Cost, g.Cost), Depth: max(f.Depth, g.Depth),
		Fields: add(f.Fields, g.Fields), Aliases: add(f.Aliases, g.Aliases),
	}
}

// most is what all sums end at, so that none wraps around.
const most = 1_000_000_000

func add(a, b int) int { return min(most, a+b) }

func times(a, b int) int {
	if a > 0 && b > math.MaxInt32/a {
		return most
	}
	return min(most, a*b)
}
