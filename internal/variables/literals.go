package variables

import (
	"math"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// badInput is the code of errors about values that fit their types.
const badInput = "BAD_USER_INPUT"

// A Kind is a kind of JSON values.
type Kind int

// The kinds of values of scalars that the GraphQL specification does not define.
const (
	Any     Kind = iota
	Text         // a string
	Integer      // an integer that a JSON number represents exactly
)

// A Scalar is a scalar that does not accept every value.
type Scalar struct {
	// Kind is the kind of all values that it accepts. It is ignored for built-in scalars.
	Kind Kind
	// Check, if set, returns an error for clients if a value is wrong.
	Check func(value any) error
	// Code is the error code of an operation with a value that Check rejects. "" is the code of
	// validation errors.
	Code string
}

func (s Scalar) coded(err *gqlerror.Error) *gqlerror.Error { return withCode(err, s.Code) }

func withCode(err *gqlerror.Error, code string) *gqlerror.Error {
	if code != "" {
		err.Extensions = map[string]any{"code": code}
	}
	return err
}

// CheckLiteral returns an error for a value of a document that its scalar does not
// accept. Validation refuses kinds of values that no built-in scalar accepts.
func (s *Schema) CheckLiteral(value *ast.Value) *gqlerror.Error {
	of := value.Definition
	isList := value.Kind == ast.ListValue && value.ExpectedType != nil && value.ExpectedType.Elem != nil
	if of == nil || of.Kind != ast.Scalar || value.Kind == ast.Variable || value.Kind == ast.NullValue || isList {
		return nil
	}
	if _, err := strconv.ParseInt(value.Raw, 10, 32); of.Name == "Int" && value.Kind == ast.IntValue && err != nil {
		return s.literalError(value, Scalar{}, "Int has numbers from %d to %d only", math.MinInt32, math.MaxInt32)
	}
	scalar := s.Scalars[of.Name]
	text := value.Kind == ast.StringValue || value.Kind == ast.BlockValue
	if scalar.Check == nil || of.BuiltIn && !text {
		return nil
	}
	read, err := value.Value(nil)
	if err != nil {
		return nil // validation refuses it
	}
	if wrong := scalar.Check(read); wrong != nil {
		return s.literalError(value, scalar, "%s", wrong)
	}
	return nil
}

// EnumMistake returns Coerce's message for a value of a document that its enum
// does not have. It returns "" for a place that is not of an enum, and for lists,
// objects, variables and null.
func (s *Schema) EnumMistake(value *ast.Value) string {
	if value.Definition == nil || value.Definition.Kind != ast.Enum {
		return ""
	}
	described := cut(value.Raw)
	switch value.Kind {
	case ast.EnumValue:
		described = quote(value.Raw)
	case ast.StringValue, ast.BlockValue:
		described = "the text " + quote(value.Raw)
	case ast.ListValue, ast.ObjectValue, ast.Variable, ast.NullValue:
		return ""
	}
	return s.notInEnum(value.Definition, described) + "."
}

func (s *Schema) literalError(value *ast.Value, scalar Scalar, format string, args ...any) *gqlerror.Error {
	err := scalar.coded(gqlerror.Errorf(format+".", args...))
	locate(err, value.Position)
	return err
}

// Distinct removes repeated values from the lists of enums in a valid document, as
// Coerce does from variables.
func (s *Schema) Distinct(doc *ast.QueryDocument) {
	observers := &core.Events{}
	observers.OnValue(func(_ *core.Walker, value *ast.Value) {
		of := value.ExpectedType
		if value.Kind != ast.ListValue || value.Definition == nil || value.Definition.Kind != ast.Enum || of.Elem == nil || of.Elem.Elem != nil {
			return
		}
		type item struct {
			kind ast.ValueKind
			raw  string
		}
		seen := map[item]bool{}
		var distinct ast.ChildValueList
		for _, child := range value.Children {
			if is := (item{child.Value.Kind, child.Value.Raw}); !seen[is] {
				seen[is] = true
				distinct = append(distinct, child)
			}
		}
		value.Children = distinct
	})
	core.Walk(s.Schema, doc, observers)
}
