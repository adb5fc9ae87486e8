package engine

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"tandem/internal/wellformed"
)

// Errors about the parameters of an operation, for clients.
var (
	ErrParams = errors.New("query, operationName and documentId must be strings, variables and extensions objects")
	errQuery  = errors.New("there is no query")
)

// DecodeParams reads the parameters of an operation, which CheckParams has accepted. Names are case-sensitive. Numbers
// stay as they were written, since GraphQL would reject an integer that became a float.
func DecodeParams(body []byte) (params graphql.RawParams, err error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return params, err
	}
	var documentID string
	err = wellformed.Read(fields, map[string]any{
		"query": &params.Query, "operationName": &params.OperationName, "documentId": &documentID,
	})
	for name, target := range map[string]*map[string]any{"variables": &params.Variables, "extensions": &params.Extensions} {
		if value := fields[name]; len(value) > 0 && err == nil {
			err = DecodeJSON(value, target)
		}
	}
	if documentID != "" {
		params = withDocumentID(params, documentID)
	}
	return params, err
}

// CheckParams returns an error for malformed parameters: one of package wellformed, ErrParams, or another one if there
// is no object with a query or the id of one. It does not decode variables: decoded they take many times as much
// memory as their JSON, so that waits until the operation runs.
func CheckParams(body []byte) error {
	fields, err := wellformed.Object(body)
	if err != nil {
		return err
	}
	var query, operationName, documentID string
	var variables, extensions json.RawMessage
	if wellformed.Read(fields, map[string]any{
		"query": &query, "operationName": &operationName, "documentId": &documentID, "variables": &variables, "extensions": &extensions,
	}) != nil || !IsObjectOrNull(variables) || !IsObjectOrNull(extensions) {
		return ErrParams
	}
	if query == "" && documentID == "" && len(extensions) <= len(`{}`) {
		return errQuery
	}
	return nil
}

// withDocumentID moves the id of a persisted document to the extensions, since gqlgen's parameters lack it.
func withDocumentID(params graphql.RawParams, id string) graphql.RawParams {
	if params.Extensions == nil {
		params.Extensions = make(map[string]any)
	}
	params.Extensions["documentId"] = id
	return params
}

// rootTypes are the default names of root types, which the schema uses.
var rootTypes = map[ast.Operation]string{ast.Query: "Query", ast.Mutation: "Mutation", ast.Subscription: "Subscription"}

// RootFields returns the fields that an operation selects at its root, without those that a
// directive leaves out.
func RootFields(operation *graphql.OperationContext) []graphql.CollectedField {
	selected := operation.Operation
	return graphql.CollectFields(operation, selected.SelectionSet, []string{rootTypes[selected.Operation]})
}

// IsObjectOrNull reports whether a payload, which is JSON, is an object, null or absent. It reads only the first byte,
// so large payloads cost nothing.
func IsObjectOrNull(payload json.RawMessage) bool {
	return len(payload) == 0 || payload[0] == '{' || string(payload) == "null"
}

// DecodeJSON decodes JSON of a URL as DecodeParams does.
func DecodeJSON(b []byte, v any) error {
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.UseNumber()
	return decoder.Decode(v)
}
