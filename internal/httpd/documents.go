package httpd

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/collab"
	"tandem/internal/cost"
)

const (
	// keptDocuments and keptBytes bound the documents that clients had kept under their
	// hashes. One that is too long, or was not used for longest, is sent again.
	keptDocuments = 1000
	keptBytes     = 4 << 20
)

// Codes of persisted documents. Apollo Client and urql send the text when they
// meet the first, by its code or by its message.
const (
	codeNotFound = "PERSISTED_QUERY_NOT_FOUND"
	notFound     = "PersistedQueryNotFound"
	codeRequired = "PERSISTED_DOCUMENT_REQUIRED"
)

// Documents are the operations that clients may run, by their ids. A nil one lets
// them run any, and keeps texts for those who send hashes (automatic persisted queries).
type Documents struct {
	texts  map[string]string
	listed map[documentKey]bool
}

// ReadDocuments reads a list of operations: a manifest of Apollo's, or an object of
// texts by their ids, as Relay and the client preset of GraphQL Code Generator
// write it. Each has to be valid. The error is a sentence for the person who named the file.
func ReadDocuments(file string, schema *ast.Schema) (*Documents, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("PERSISTED_DOCUMENTS can't be read: %w; name a file that the server may read, or unset it", err)
	}
	texts, err := parseDocuments(content)
	if err != nil {
		return nil, fmt.Errorf("PERSISTED_DOCUMENTS: %s is neither a manifest of Apollo's nor a JSON object of documents by their ids: %w", file, err)
	}
	if len(texts) == 0 {
		return nil, fmt.Errorf("PERSISTED_DOCUMENTS: %s lists no document, so nobody could do anything", file)
	}
	d := &Documents{texts: make(map[string]string, len(texts)), listed: make(map[documentKey]bool, len(texts))}
	for id, text := range texts {
		if err := checkDocument(schema, text); err != nil {
			return nil, fmt.Errorf("PERSISTED_DOCUMENTS: document %s of %s can't be run: %s", id, file, err.Message)
		}
		d.texts[bareID(id)] = text
		if key, ok := keyOf(text); ok {
			d.listed[key] = true
		}
	}
	return d, nil
}

// checkDocument returns an error for a document that would always be refused.
func checkDocument(schema *ast.Schema, text string) *gqlerror.Error {
	doc, errs := gqlparser.LoadQueryWithRules(schema, text, nil)
	if len(errs) > 0 {
		return errs[0]
	}
	return cost.Shape(doc)
}

// parseDocuments returns the texts of a list, by their ids.
func parseDocuments(content []byte) (map[string]string, error) {
	var manifest struct {
		Format     string
		Operations []struct{ ID, Body string }
	}
	if err := json.Unmarshal(content, &manifest); err == nil && manifest.Format == "apollo-persisted-query-manifest" {
		texts := make(map[string]string, len(manifest.Operations))
		for _, operation := range manifest.Operations {
			texts[operation.ID] = operation.Body
		}
		return texts, nil
	}
	var texts map[string]string
	err := json.Unmarshal(content, &texts)
	return texts, err
}

// bareID is an id without the name of the hash that it is, which some write.
func bareID(id string) string { return strings.TrimPrefix(id, "sha256:") }

// persisted finds the documents that clients name by ids and hashes, on all transports.
type persisted struct {
	documents *Documents
	kept      graphql.Cache[string] // by hash; unless there is a list
}

func newPersisted(documents *Documents) persisted {
	return persisted{documents, newTexts(keptDocuments, longestKept, keptBytes, func(_, text string) int { return len(text) })}
}

var _ interface {
	graphql.OperationParameterMutator
	graphql.HandlerExtension
} = persisted{}

// ExtensionName names the extension.
func (persisted) ExtensionName() string { return "persisted" }

// Validate has nothing to find wrong.
func (persisted) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters puts the text of a document in the place of its name.
func (p persisted) MutateOperationParameters(ctx context.Context, params *graphql.RawParams) *gqlerror.Error {
	id, hash := documentNames(params.Extensions)
	if p.documents != nil {
		return p.documents.find(ctx, params, id+hash)
	}
	switch {
	case params.Query != "" && hash != "":
		return p.keep(ctx, params.Query, hash)
	case params.Query == "" && id+hash != "":
		text, ok := p.kept.Get(ctx, bareID(id+hash))
		if !ok {
			return persistedError(codeNotFound, notFound)
		}
		params.Query = text
	}
	return nil
}

// documentNames returns the id of a document (GraphQL over HTTP), or else its hash
// (Apollo, urql). What is no text names nothing.
func documentNames(extensions map[string]any) (id, hash string) {
	if id, _ = extensions["documentId"].(string); id != "" {
		return id, ""
	}
	query, _ := extensions["persistedQuery"].(map[string]any)
	hash, _ = query["sha256Hash"].(string)
	return "", hash
}

// keep remembers a text by its hash.
func (p persisted) keep(ctx context.Context, text, hash string) *gqlerror.Error {
	sum := sha256.Sum256([]byte(text))
	if hash != hex.EncodeToString(sum[:]) {
		return persistedError(string(collab.BadInput), "the sha256Hash is not that of the query")
	}
	p.kept.Add(ctx, hash, text)
	return nil
}

// find lets only what is listed through. A text that is a listed document runs as it was
// sent, however it is written. Else a listed name decides: links that send the text in any
// case (Apollo's for sockets) send what they made of the document.
func (d *Documents) find(ctx context.Context, params *graphql.RawParams, id string) *gqlerror.Error {
	text, known := d.texts[bareID(id)]
	switch {
	case params.Query != "" && d.lists(params.Query):
	case known:
		params.Query = text
	case params.Query == "" && id != "":
		return persistedError(codeNotFound, notFound)
	default:
		answerWith(ctx, http.StatusBadRequest, nil)
		return persistedError(codeRequired, "this server runs only the documents that it has a list of; send one of them, or its id")
	}
	return nil
}

// lists reports whether a text is one of the documents.
func (d *Documents) lists(text string) bool {
	key, ok := keyOf(text)
	return ok && d.listed[key]
}

func persistedError(code, message string) *gqlerror.Error {
	return &gqlerror.Error{Message: message, Extensions: map[string]any{"code": code}}
}
