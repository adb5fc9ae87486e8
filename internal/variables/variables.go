// Package variables coerces the variables of an operation by the schema, as the GraphQL
// specification defines it (6.1.2), in one pass before anything reads them. It accepts exactly the
// values that a document could have in their place. It also checks literals of documents where
// validation does not: the texts of scalars, and the lengths of lists.
package variables

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// A Schema has the types and rules for coercion.
type Schema struct {
	*ast.Schema
	Scalars map[string]Scalar // by name
	Suggest bool              // errors list the values of enums
	// CheckArguments, if set, returns an error for clients if the coerced arguments of a field are wrong
	// though each of them fits its type.
	CheckArguments func(field *ast.FieldDefinition, arguments map[string]any) error
}

// Coerce returns the values of the variables that an operation declares, with
// defaults for those that are not given; others are dropped. The operation is valid.
// given is as JSON decodes it, with json.Number for numbers, or as Coerce returned it.
// The error names the variable and the place of the first mistake in it. It
// quotes little of the value and, unless s.Suggest is set, nothing of the schema
// that the operation does not contain.
// It has an extension "code" unless the code is that of validation.
func (s *Schema) Coerce(operation *ast.OperationDefinition, given map[string]any) (map[string]any, *gqlerror.Error) {
	values := make(map[string]any, len(operation.VariableDefinitions))
	for _, declared := range operation.VariableDefinitions {
		c := coercion{schema: s, declared: declared}
		value, has, err := c.variable(given)
		if err != nil {
			return nil, err
		}
		if has {
			values[declared.Variable] = value
		}
	}
	return values, s.checkUses(operation, values)
}

// A coercion coerces one variable.
type coercion struct {
	schema   *Schema
	declared *ast.VariableDefinition
	at       *place // of the value that is being coerced; nil for the variable itself
}

// variable returns the value of the variable, and whether it has one.
func (c *coercion) variable(given map[string]any) (value any, has bool, err *gqlerror.Error) {
	value, has = given[c.declared.Variable]
	switch {
	case has:
	case c.declared.DefaultValue != nil:
		if value, err = c.literal(c.declared.DefaultValue); err != nil {
			return nil, false, err
		}
	case c.declared.Type.NonNull:
		return nil, false, c.fail("a value of type %s is required", c.declared.Type)
	default:
		return nil, false, nil
	}
	value, err = c.value(c.declared.Type, value)
	return value, err == nil, err
}

// literal returns a default value as JSON would decode it.
func (c *coercion) literal(value *ast.Value) (any, *gqlerror.Error) {
	read, err := value.Value(nil)
	if err != nil {
		return nil, c.fail("its default can't be read")
	}
	return read, nil
}

// value coerces a value to a type.
func (c *coercion) value(to *ast.Type, value any) (any, *gqlerror.Error) {
	switch {
	case value == nil && to.NonNull:
		return nil, c.fail("a value of type %s is required, not null", to)
	case value == nil:
		return nil, nil
	case to.Elem != nil:
		return c.list(to.Elem, value)
	}
	switch of := c.schema.Types[to.NamedType]; of.Kind {
	case ast.InputObject:
		return c.object(of, value)
	case ast.Enum:
		return c.enum(of, value)
	default:
		return c.scalar(of.Name, value)
	}
}

// list coerces a list, or a single value to a list with it. A list of an enum keeps each value
// once, so that a client can't make it longer without changing its meaning.
func (c *coercion) list(of *ast.Type, value any) (any, *gqlerror.Error) {
	items, isList := value.([]any)
	if !isList {
		item, err := c.value(of, value)
		return []any{item}, err
	}
	distinct := c.schema.Types[of.Name()].Kind == ast.Enum && of.Elem == nil
	coerced := []any{} // not nil, which would be null when a subscription begins again with its variables as JSON
	if !distinct {
		coerced = make([]any, 0, len(items))
	}
	for i, item := range items {
		leave := c.enter(&place{index: i})
		value, err := c.value(of, item)
		if err != nil {
			return nil, err
		}
		if !distinct || !slices.Contains(coerced, value) {
			coerced = append(coerced, value)
		}
		leave()
	}
	return coerced, nil
}

func (c *coercion) object(of *ast.Definition, value any) (any, *gqlerror.Error) {
	fields, isObject := value.(map[string]any)
	if !isObject {
		return nil, c.fail("%s is not an object of type %s", describe(value), of.Name)
	}
	coerced := make(map[string]any, len(fields))
	for _, field := range of.Fields {
		leave := c.enter(&place{name: field.Name})
		item, has := fields[field.Name]
		var err *gqlerror.Error
		if !has && field.DefaultValue != nil {
			item, err = c.literal(field.DefaultValue)
			has = true
		}
		switch {
		case err != nil:
		case has:
			coerced[field.Name], err = c.value(field.Type, item)
		case field.Type.NonNull:
			err = c.fail("a value of type %s is required", field.Type)
		}
		if err != nil {
			return nil, err
		}
		leave()
	}
	return coerced, c.known(of, fields)
}

// known returns an error for a field that the type does not have.
func (c *coercion) known(of *ast.Definition, fields map[string]any) *gqlerror.Error {
	unknown, found := "", false
	for name := range fields { // the first by name, so that errors are deterministic
		if of.Fields.ForName(name) == nil && (!found || name < unknown) {
			unknown, found = name, true
		}
	}
	if !found {
		return nil
	}
	return c.fail("%s has no field %s", of.Name, quote(unknown))
}

func (c *coercion) enum(of *ast.Definition, value any) (any, *gqlerror.Error) {
	name, isText := value.(string)
	if !isText || of.EnumValues.ForName(name) == nil {
		return nil, c.fail("%s", c.schema.notInEnum(of, describe(value)))
	}
	return name, nil
}

// notInEnum is the message for a value that an enum does not have; with suggestions, it lists the enum's values.
func (s *Schema) notInEnum(of *ast.Definition, described string) string {
	said := fmt.Sprintf("%s is not a value of %s", described, of.Name)
	if !s.Suggest {
		return said
	}
	names := make([]string, len(of.EnumValues))
	for i, value := range of.EnumValues {
		names[i] = value.Name
	}
	return said + "; use one of " + strings.Join(names, ", ")
}

// scalar coerces to a scalar.
func (c *coercion) scalar(name string, value any) (any, *gqlerror.Error) {
	coerced, ok := value, true
	switch name {
	case "Int":
		var number float64
		number, ok = integer(value, math.MaxInt32)
		coerced = int64(number)
	case "Float":
		coerced, ok = float(value)
	case "ID":
		coerced, ok = id(value)
	case "Boolean":
		_, ok = value.(bool)
	case "String":
		_, ok = value.(string)
	default:
		coerced, ok = ofKind(c.schema.Scalars[name].Kind, value)
	}
	if !ok {
		return nil, c.fail("%s is not a value of type %s", describe(value), name)
	}
	if scalar, custom := c.schema.Scalars[name]; custom && scalar.Check != nil {
		if wrong := scalar.Check(coerced); wrong != nil {
			return nil, scalar.coded(c.fail("%s", wrong))
		}
	}
	return coerced, nil
}

// ofKind coerces a value to a kind.
func ofKind(kind Kind, value any) (coerced any, ok bool) {
	switch kind {
	case Text:
		_, ok = value.(string)
		return value, ok
	case Integer:
		number, ok := integer(value, maxSafe)
		return int64(number), ok
	}
	return value, true
}

// A place is a part of a variable: a field of an object or an item of a list.
type place struct {
	above *place
	name  string // "" for an item
	index int
}

// enter sets the place until leave is called.
func (c *coercion) enter(at *place) (leave func()) {
	at.above = c.at
	c.at = at
	return func() { c.at = at.above }
}

// String returns the path of the place, as in items[2].name.
func (p *place) String() string {
	switch {
	case p == nil:
		return ""
	case p.name == "":
		return fmt.Sprintf("%s[%d]", p.above, p.index)
	case p.above == nil:
		return p.name
	}
	return p.above.String() + "." + p.name
}

// fail returns an error about the place that is being coerced.
func (c *coercion) fail(format string, args ...any) *gqlerror.Error {
	at := ""
	if c.at != nil {
		at = " at " + c.at.String()
	}
	err := gqlerror.Errorf("Variable \"$%s\"%s: %s.", c.declared.Variable, at, fmt.Sprintf(format, args...))
	locate(err, c.declared.Position)
	return err
}

func locate(err *gqlerror.Error, at *ast.Position) {
	if at != nil {
		err.Locations = []gqlerror.Location{{Line: at.Line, Column: at.Column}}
	}
}
