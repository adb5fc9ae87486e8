package httpd

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"tandem/internal/variables"
)

// A validator checks documents against the schema. It is safe for concurrent use.
type validator struct {
	rules []core.Rule
}

// newValidator returns a validator with the rules of the library, one for values that
// the library accepts and can't read later, and one for those that scalars of the
// schema do not take. Mistakes about enums have the words that they
// have in variables. Unless schema.Suggest is set, errors name nothing of the schema
// that the document does not name itself.
func newValidator(schema *variables.Schema) *validator {
	all := rules.NewDefaultRules()
	all.AddRule("ReadableLiterals", func(observers *core.Events, addError core.AddErrFunc) {
		observers.OnValue(func(_ *core.Walker, value *ast.Value) {
			if wrong := unreadable(value); wrong != "" {
				addError(core.Message("%s", wrong), core.At(value.Position))
			}
		})
	})
	all.AddRule("FittingLiterals", func(observers *core.Events, addError core.AddErrFunc) {
		observers.OnValue(func(_ *core.Walker, value *ast.Value) {
			if wrong := schema.CheckLiteral(value); wrong != nil {
				addError(func(err *gqlerror.Error) {
					err.Message, err.Locations, err.Extensions = wrong.Message, wrong.Locations, wrong.Extensions
				})
			}
		})
	})
	if !schema.Suggest {
		all.ReplaceRule(rules.FieldsOnCorrectTypeRule.Name, rules.FieldsOnCorrectTypeRuleWithoutSuggestions.RuleFunc)
		all.ReplaceRule(rules.KnownArgumentNamesRule.Name, rules.KnownArgumentNamesRuleWithoutSuggestions.RuleFunc)
		all.ReplaceRule(rules.KnownTypeNamesRule.Name, rules.KnownTypeNamesRuleWithoutSuggestions.RuleFunc)
		all.ReplaceRule(rules.ScalarLeafsRule.Name, rules.ScalarLeafsRuleWithoutSuggestions.RuleFunc)
		all.ReplaceRule(rules.ValuesOfCorrectTypeRule.Name, rules.ValuesOfCorrectTypeRuleWithoutSuggestions.RuleFunc)
	}
	v := &validator{}
	inner := all.GetInner()
	for _, name := range slices.Sorted(maps.Keys(inner)) {
		check := inner[name]
		if name == rules.ValuesOfCorrectTypeRule.Name {
			check = rewordEnums(schema, check)
		}
		v.rules = append(v.rules, core.Rule{Name: name, RuleFunc: check})
	}
	return v
}

// rewordEnums returns a rule about values that says what is wrong with those of enums
// in the words of the schema.
func rewordEnums(schema *variables.Schema, rule core.RuleFunc) core.RuleFunc {
	return func(observers *core.Events, addError core.AddErrFunc) {
		var checked *ast.Value // by the rule: observers are called in the order in which they are added
		observers.OnValue(func(_ *core.Walker, value *ast.Value) { checked = value })
		rule(observers, func(options ...core.ErrorOption) {
			if mistake := schema.EnumMistake(checked); mistake != "" {
				options = append(options, func(err *gqlerror.Error) { err.Message = mistake })
			}
			addError(options...)
		})
	}
}

// errEnough ends the walk through a document with as many errors as are shown.
var errEnough = errors.New("enough errors")

// validate returns the first errors of a document. It stops at maxErrors: the
// messages of thousands, each quoting names of the document, would take gigabytes.
func (v *validator) validate(schema *ast.Schema, doc *ast.QueryDocument) (found gqlerror.List) {
	defer func() {
		if cause := recover(); cause != nil && cause != errEnough {
			panic(cause)
		}
	}()
	observers := &core.Events{}
	for _, rule := range v.rules {
		rule.RuleFunc(observers, func(options ...core.ErrorOption) {
			err := &gqlerror.Error{Rule: rule.Name}
			for _, option := range options {
				option(err)
			}
			if found = append(found, shorten(err)); len(found) == maxErrors {
				panic(errEnough)
			}
		})
	}
	core.Walk(schema, doc, observers)
	return found
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
