package httpd

import (
	"cmp"
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
	// keptDocuments and keptBytes bound the cache of automatic persisted queries. Clients send a
	// document again if it is too long for the cache or was evicted.
	keptDocuments = 1000
	keptBytes     = 4 << 20
)

// Codes of persisted documents. Apollo Client and urql send the text when they receive the first, which
// they recognize by its code or its message.
const (
	codeNotFound = "PERSISTED_QUERY_NOT_FOUND"
	notFound     = "PersistedQueryNotFound"
	codeRequired = "PERSISTED_DOCUMENT_REQUIRED"
)

// Documents are the documents that clients may run, by id. A nil value allows all documents, and caches
// them for clients that send hashes (automatic persisted queries).
type Documents struct {
	texts  map[string]string
	listed map[documentKey]bool
}

// ReadDocuments reads a file of documents: a manifest of Apollo's, or a JSON object of texts by id, as
// Relay and the client preset of GraphQL Code Generator write it. All documents must be valid. The error
// is for the operator.
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
		return nil, fmt.Errorf("PERSISTED_DOCUMENTS: %s lists no document, so clients could run nothing", file)
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

// checkDocument returns an error for a document that would always be rejected.
func checkDocument(schema *ast.Schema, text string) *gqlerror.Error {
	doc, errs := gqlparser.LoadQueryWithRules(schema, text, nil)
	if len(errs) > 0 {
		return errs[0]
	}
	return cost.Shape(doc)
}

// parseDocuments returns the texts of a file, by id.
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

// bareID returns an id without the prefix that some tools write before a hash.
func bareID(id string) string { return strings.TrimPrefix(id, "sha256:") }

// persisted finds the documents that clients refer to by id or hash, on all transports.
type persisted struct {
	documents *Documents
	kept      graphql.Cache[string] // documents by hash, if clients may run all
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

// Validate accepts every schema.
func (persisted) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters replaces the id or hash of a document by its text.
func (p persisted) MutateOperationParameters(ctx context.Context, params *graphql.RawParams) *gqlerror.Error {
	id, hash := documentNames(params.Extensions)
	name := bareID(cmp.Or(id, hash))
	if id != "" && hash != "" && name != bareID(hash) {
		return persistedError(string(collab.BadInput), "documentId and persistedQuery.sha256Hash name two documents; send one of them")
	}
	if p.documents != nil {
		return p.documents.find(ctx, params, name)
	}
	switch {
	case params.Query != "" && name != "":
		return p.keep(ctx, params.Query, name)
	case params.Query == "" && name == "":
		answerWith(ctx, http.StatusBadRequest, nil)
		return persistedError(string(collab.BadInput), "the request has no query, and no documentId or persistedQuery.sha256Hash in its place")
	case params.Query == "":
		text, ok := p.kept.Get(ctx, name)
		if !ok {
			return persistedError(codeNotFound, notFound)
		}
		params.Query = text
	}
	return nil
}

// documentNames returns the id of a document (GraphQL over HTTP), and its hash (Apollo, urql). It ignores
// values that are not text.
func documentNames(extensions map[string]any) (id, hash string) {
	id, _ = extensions["documentId"].(string)
	query, _ := extensions["persistedQuery"].(map[string]any)
	hash, _ = query["sha256Hash"].(string)
	return id, hash
}

// keep caches a text by its hash.
func (p persisted) keep(ctx context.Context, text, hash string) *gqlerror.Error {
	sum := sha256.Sum256([]byte(text))
	if hash != hex.EncodeToString(sum[:]) {
		return persistedError(string(collab.BadInput), "the documentId or sha256Hash is not the SHA-256 of the query")
	}
	p.kept.Add(ctx, hash, text)
	return nil
}

// find accepts listed documents only. If the text of the request is a listed document, however it is
// written, it runs as it was sent. Otherwise the id decides, even if the request has a text: Apollo's
// link for sockets always sends one, which it has changed. id has no prefix.
func (d *Documents) find(ctx context.Context, params *graphql.RawParams, id string) *gqlerror.Error {
	text, known := d.texts[id]
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
