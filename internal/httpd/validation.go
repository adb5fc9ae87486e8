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

	"tandem/internal/engine"
	"tandem/internal/variables"
)

// A validator checks documents against the schema. It is safe for concurrent use.
type validator struct {
	rules []core.Rule
}

// newValidator returns a validator with the rules of gqlparser, a rule for literals that gqlparser
// accepts but can't read later, and a rule for literals that a scalar of the schema rejects. Errors
// about enums are worded as they are for variables. Unless schema.Suggest is set, an error names
// nothing of the schema that the document does not name.
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

// rewordEnums returns a rule about values whose errors about enums are worded as they are for variables.
func rewordEnums(schema *variables.Schema, rule core.RuleFunc) core.RuleFunc {
	return func(observers *core.Events, addError core.AddErrFunc) {
		var checked *ast.Value // the value that the rule checks: observers are called in the order of their addition
		observers.OnValue(func(_ *core.Walker, value *ast.Value) { checked = value })
		rule(observers, func(options ...core.ErrorOption) {
			if mistake := schema.EnumMistake(checked); mistake != "" {
				options = append(options, func(err *gqlerror.Error) { err.Message = mistake })
			}
			addError(options...)
		})
	}
}

// errEnough ends the walk through a document once it has found maxErrors.
var errEnough = errors.New("enough errors")

// validate returns the errors of a document, at most maxErrors: thousands of messages that quote names
// of the document would take gigabytes.
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

// unreadable returns the message about a literal that can't be read, or "".
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

// oneStream rejects a subscription whose only field is left out by a directive. Whether it is depends on
// variables, so validation can't find out.
type oneStream struct{}

var _ interface {
	graphql.OperationContextMutator
	graphql.HandlerExtension
} = oneStream{}

// ExtensionName names the extension.
func (oneStream) ExtensionName() string { return "oneStream" }

// Validate accepts every schema.
func (oneStream) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext rejects a subscription that has no field left.
func (oneStream) MutateOperationContext(ctx context.Context, operation *graphql.OperationContext) *gqlerror.Error {
	if operation.Operation.Operation != ast.Subscription || len(engine.RootFields(operation)) == 1 {
		return nil
	}
	err := gqlerror.Errorf("a subscription must have one field")
	errcode.Set(err, errcode.ValidationFailed)
	answerWith(ctx, http.StatusUnprocessableEntity, err)
	return err
}
