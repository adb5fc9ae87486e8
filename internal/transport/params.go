package transport

import (
	"encoding/json"
	"io"

	"github.com/99designs/gqlgen/graphql"
)

// DecodeParams reads the parameters of an operation. Numbers stay as they were
// written, since an integer that became a float is none for GraphQL.
func DecodeParams(from io.Reader) (graphql.RawParams, error) {
	var params struct {
		graphql.RawParams
		DocumentID string `json:"documentId"`
	}
	decoder := json.NewDecoder(from)
	decoder.UseNumber()
	err := decoder.Decode(&params)
	if params.DocumentID != "" {
		params.RawParams = withDocumentID(params.RawParams, params.DocumentID)
	}
	return params.RawParams, err
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
