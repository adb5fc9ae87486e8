package transport

import (
	"encoding/json"
	"errors"
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

// checkParams reports whether parameters name a document and are what they have to
// be. It decodes no variables: those take many times as much memory as their JSON,
// so they have to wait until the operation runs.
func checkParams(body []byte) error {
	var params struct {
		Query, OperationName, DocumentID string
		Variables, Extensions            map[string]json.RawMessage
	}
	if err := json.Unmarshal(body, &params); err != nil {
		return err
	}
	if params.Query == "" && params.DocumentID == "" && len(params.Extensions) == 0 {
		return errors.New("there is no query")
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
