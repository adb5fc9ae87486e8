package httpd

import (
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// validationRules returns the rules that documents have to keep: those of the
// library, and one for values that it lets pass and cannot read later, so that they
// are an error of the document and no fault of the server.
func validationRules() *rules.Rules {
	all := rules.NewDefaultRules()
	all.AddRule("ReadableLiterals", func(observers *core.Events, addError core.AddErrFunc) {
		observers.OnValue(func(_ *core.Walker, value *ast.Value) {
			if wrong := unreadable(value); wrong != "" {
				addError(core.Message("%s", wrong), core.At(value.Position))
			}
		})
	})
	return all
}

// unreadable says what is wrong with a value as it is written, or "".
func unreadable(value *ast.Value) string {
	switch value.Kind {
	case ast.IntValue:
		if _, err := strconv.ParseInt(value.Raw, 10, 64); err != nil {
			return "A number is too large."
		}
	case ast.FloatValue:
		if _, err := strconv.ParseFloat(value.Raw, 64); err != nil {
			return "A number is too large."
		}
	case ast.ObjectValue:
		of := value.Definition
		if of != nil && (of.Kind == ast.Enum || of.Kind == ast.Scalar && of.BuiltIn) {
			return of.Name + " cannot represent an object."
		}
	}
	return ""
}
