package httpd

import (
	"context"
	"net/http"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
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

// oneStream refuses a subscription whose only field is left out by a directive: that
// is known when its variables are, and not when the document is validated.
type oneStream struct{}

var _ interface {
	graphql.OperationContextMutator
	graphql.HandlerExtension
} = oneStream{}

// ExtensionName names the extension.
func (oneStream) ExtensionName() string { return "oneStream" }

// Validate has nothing to find wrong.
func (oneStream) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext looks at what is left of a subscription.
func (oneStream) MutateOperationContext(ctx context.Context, operation *graphql.OperationContext) *gqlerror.Error {
	asked := operation.Operation
	if asked.Operation != ast.Subscription || len(graphql.CollectFields(operation, asked.SelectionSet, []string{"Subscription"})) == 1 {
		return nil
	}
	err := gqlerror.Errorf("a subscription must have one field")
	errcode.Set(err, errcode.ValidationFailed)
	answerWith(ctx, http.StatusUnprocessableEntity, err)
	return err
}
