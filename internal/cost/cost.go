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
	// MaxCost bounds the number of fields in a response, as far as the operation lets it grow: 100
	// customers with 25 calls each have about 10,000. More would be megabytes.
	MaxCost = 20_000
	// MaxEventCost bounds the number of fields in one event of a subscription, which the server
	// renders again for every change.
	MaxEventCost = 5_000
	// MaxDepth bounds the nesting of fields. The longest useful path in the schema, from a list to
	// the people of the calls of its items, has 10 levels.
	MaxDepth = 15
	// MaxFields bounds the root fields of an operation. Each of them queries the database.
	MaxFields = 50
	// MaxAliases bounds the aliases of an operation, including those in fragments.
	MaxAliases = 200

	// listSize is the assumed number of items of a list that is not a page, and that the schema says nothing about.
	listSize = 10
	// introspectionCost is the cost of reading the schema. Its size does not depend on the data, and
	// the validator bounds its depth.
	introspectionCost = 1000
	// longCost is the cost of a field with a long value.
	longCost = 2
	// repeatedCost is the cost under an alias of a long value or of a type's name: an operation can
	// select it many times from one object.
	repeatedCost = 10
	// searchCost is the cost of searching texts, without that of the results. An operation has room
	// for 19 searches.
	searchCost = 1000
	// bulkCost is the cost of a bulk field. An operation has room for one.
	bulkCost = MaxCost/2 + 1
)

// Directives of the schema. They are all that this package knows of its fields and arguments.
const (
	pageSize = "pageSize" // the argument is the size of the page that the field returns
	each     = "each"     // the field returns one item for each item of the argument
	usually  = "usually"  // the list usually has this many items
	long     = "long"     // the field's or the scalar's value may be thousands of characters long
	searches = "searches" // text in the input field makes the operation search
	bulk     = "bulk"     // the field reads everything that is kept about a person
)

// Check returns an error for a valid operation that would cost too much.
func Check(schema *ast.Schema, operation *ast.OperationDefinition, variables map[string]any) *gqlerror.Error {
	f := Measure(schema, operation, variables)
	most := MaxCost
	if operation.Operation == ast.Subscription {
		most = MaxEventCost
	}
	return first(
		over(f.Depth, MaxDepth, "levels of fields", "ask in several requests"),
		over(f.Fields, MaxFields, "fields to begin with", "ask in several requests"),
		over(f.Aliases, MaxAliases, "aliases", "ask in several requests"),
		over(f.Cost, most, "fields in the answer", "ask for smaller pages, or for less of each item"),
	)
}

// Figures are what an operation costs. None is ever above a billion.
type Figures struct {
	// Cost is the maximum number of fields in the response. Fields of a list count once for each
	// item. Long values and searches count as several fields, and each item of a list in an
	// argument counts as one.
	Cost int
	// Depth is the number of levels of fields, Fields the number of root fields, and Aliases the
	// number of fields with an alias. A fragment counts wherever it is spread.
	Depth, Fields, Aliases int
}

// Measure returns the figures of a valid operation.
func Measure(schema *ast.Schema, operation *ast.OperationDefinition, variables map[string]any) Figures {
	m := meter{schema: schema, variables: variables, known: map[fragment]Figures{}}
	return m.selections(operation.SelectionSet, false)
}

// A meter measures one operation.
type meter struct {
	schema    *ast.Schema
	variables map[string]any
	known     map[fragment]Figures // so that each fragment is measured once
}

// A fragment is identified by its name, and by whether it is spread in the object of a page.
type fragment struct {
	name string
	page bool
}

// selections measures a selection. page reports that the selection is on the object of a page:
// its lists are that page, so they do not multiply the cost again.
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
		return Figures{Cost: introspectionCost, Depth: 1, Fields: 1, Aliases: aliases(field)}
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

// own returns the cost of a field without that of its selection.
func (m *meter) own(field *ast.Field) int {
	directives := field.Definition.Directives
	isLong := directives.ForName(long) != nil
	switch {
	case directives.ForName(bulk) != nil:
		return bulkCost
	case aliases(field) > 0 && (isLong || m.hasLongType(field) || field.Name == "__typename"):
		return repeatedCost
	case isLong:
		return longCost
	case m.searches(field):
		return 1 + searchCost
	}
	return 1
}

// hasLongType reports whether values of a field's type may be long.
func (m *meter) hasLongType(field *ast.Field) bool {
	of := m.schema.Types[field.Definition.Type.Name()]
	return of != nil && of.Directives.ForName(long) != nil
}

// given returns the number of items in the lists of a field's arguments. Each is read, and looked up
// or compared.
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

// searches reports whether an argument of a field has a text to search for.
func (m *meter) searches(field *ast.Field) bool {
	for _, argument := range field.Arguments {
		of := field.Definition.Arguments.ForName(argument.Name)
		input := m.schema.Types[of.Type.Name()]
		if input == nil || input.Kind != ast.InputObject {
			continue
		}
		value, _ := field.ArgumentMap(m.variables)[argument.Name].(map[string]any)
		for _, part := range input.Fields {
			if text, _ := value[part.Name].(string); text != "" && part.Directives.ForName(searches) != nil {
				return true
			}
		}
	}
	return false
}

// items returns how many times the selection of a field may be in the response, and whether the
// field returns a page, which then has these items.
func (m *meter) items(field *ast.Field, page bool) (items int, isPage bool) {
	for _, argument := range field.Definition.Arguments {
		if size := argument.Directives.ForName(pageSize); size != nil {
			return sizeOf(size, field.ArgumentMap(m.variables)[argument.Name]), true
		}
		if argument.Directives.ForName(each) != nil {
			given, _ := field.ArgumentMap(m.variables)[argument.Name].([]any)
			return max(1, len(given)), false
		}
	}
	if field.Definition.Type.Elem != nil && !page {
		if size := field.Definition.Directives.ForName(usually); size != nil {
			few, _ := size.ArgumentMap(nil)["items"].(int64)
			return max(1, int(few)), false
		}
		return listSize, false
	}
	return 1, false
}

// sizeOf returns the size of a page that an argument with the directive asks for. The resolver
// rejects a number that is out of range.
func sizeOf(directive *ast.Directive, value any) int {
	bounds := directive.ArgumentMap(nil)
	if value == nil {
		value = bounds["default"]
	}
	most, _ := bounds["max"].(int64)
	n, err := strconv.Atoi(fmt.Sprint(value))
	if err != nil {
		return int(most)
	}
	return min(max(1, n), int(most))
}

func aliases(field *ast.Field) int {
	if field.Alias == field.Name {
		return 0
	}
	return 1
}

// and returns the figures of two selections side by side.
func (f Figures) and(g Figures) Figures {
	return Figures{
		Cost: add(f.Cost, g.Cost), Depth: max(f.Depth, g.Depth),
		Fields: add(f.Fields, g.Fields), Aliases: add(f.Aliases, g.Aliases),
	}
}

// most is the largest sum, so that no sum overflows.
const most = 1_000_000_000

func add(a, b int) int { return min(most, a+b) }

func times(a, b int) int {
	if a > 0 && b > math.MaxInt32/a {
		return most
	}
	return min(most, a*b)
}
