package transport

import (
	"encoding/json"
	"errors"

	"github.com/99designs/gqlgen/graphql"

	"tandem/internal/wellformed"
)

// Why parameters of an operation are refused, in words for clients.
var (
	ErrParams = errors.New("query, operationName and documentId must be texts, variables and extensions objects")
	errQuery  = errors.New("there is no query")
)

// DecodeParams reads the parameters of an operation, which CheckParams has accepted.
// Their names count byte for byte. Numbers stay as they were written, since an
// integer that became a float is none for GraphQL.
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
			err = decode(value, target)
		}
	}
	if documentID != "" {
		params = withDocumentID(params, documentID)
	}
	return params, err
}

// CheckParams returns an error for parameters that are not what they have to be: of
// package wellformed, ErrParams, or another one if there is no object with a query or
// the name of one. It decodes no variables: those take many times as much memory
// as their JSON, so they have to wait until the operation runs.
func CheckParams(body []byte) error {
	fields, err := wellformed.Object(body)
	if err != nil {
		return err
	}
	var query, operationName, documentID string
	var variables, extensions json.RawMessage
	if wellformed.Read(fields, map[string]any{
		"query": &query, "operationName": &operationName, "documentId": &documentID, "variables": &variables, "extensions": &extensions,
	}) != nil || !isObject(variables) || !isObject(extensions) {
		return ErrParams
	}
	if query == "" && documentID == "" && len(extensions) <= len(`{}`) {
		return errQuery
	}
	return nil
}

// withDocumentID puts the id of a persisted document where extensions of the
// executor find it: gqlgen has no place for it.
func withDocumentID(params graphql.RawParams, id string) graphql.RawParams {
	if params.Extensions == nil {
		params.Extensions = make(map[string]any)
	}
	params.Extensions["documentId"] = id
	return params
}
