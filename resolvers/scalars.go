package resolvers

import (
	"cmp"

	"github.com/vektah/gqlparser/v2/ast"

	"tandem/internal/collab"
	"tandem/internal/variables"
)

// Scalars are the scalars of the schema that do not accept every value. The server checks their
// values before an operation runs, so that no operation runs in part.
var Scalars = map[string]variables.Scalar{
	"ID":       {Check: check[collab.ID], Code: string(collab.BadInput)},
	"DateTime": {Kind: variables.Text, Check: check[collab.Time]},
	"Date":     {Kind: variables.Text, Check: check[collab.Date]},
	"SafeInt":  {Kind: variables.Integer, Check: check[collab.SafeInt]},
	"Cursor":   {Kind: variables.Text, Check: check[collab.Cursor], Code: string(collab.BadInput)},
}

// onlyOrders are the orders of lists that have one, by the types of their pages.
var onlyOrders = map[string]string{
	"CommentConnection": collab.CommentOrder, "MemberConnection": collab.MemberOrder, "ConflictConnection": collab.ConflictOrder, "AuditConnection": collab.AuditOrder,
}

// CheckArguments returns an error for arguments that their field's resolver would refuse whatever the
// data is. The server calls it before an operation runs, because a mutation has written when the
// resolvers of its answer run.
func CheckArguments(field *ast.FieldDefinition, arguments map[string]any) error {
	if after, is := arguments["after"].(string); is && field.Arguments.ForName("after").Type.Name() == "String" {
		order, _ := arguments["orderBy"].(string)
		return collab.CheckPageCursor(cmp.Or(onlyOrders[field.Type.Name()], order, string(collab.OrderUpdatedDesc)), after)
	}
	if of := field.Arguments.ForName("state"); of != nil && of.Type.Name() == "PresenceInput" {
		state, _ := arguments["state"].(map[string]any)
		return collab.PresencePatch(state).Check()
	}
	return nil
}

// check returns why a value can't be read as a T.
func check[T any, P interface {
	*T
	UnmarshalGQL(value any) error
}](value any) error {
	var read T
	return P(&read).UnmarshalGQL(value)
}
