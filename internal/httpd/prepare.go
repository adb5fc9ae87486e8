package httpd

import (
	"context"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"tandem/internal/cost"
	"tandem/internal/variables"
	"tandem/internal/wellformed"
)

// A preparer turns a request's parameters into an operation that can run. All transports share it, so
// they accept the same operations.
//
// The order matters: each step bounds the work of the next. Names are measured before the document is
// parsed, its shape is measured before it is validated, and variables are coerced before any resolver
// or cost estimate reads them.
type preparer struct {
	schema    *variables.Schema
	persisted persisted
	validator *validator
	parsed    graphql.Cache[*ast.QueryDocument] // valid documents by their text
	// failed is the operation context of an operation that can't be prepared.
	failed func() *graphql.OperationContext
}

// prepare completes the parameters of an operation and returns its document.
func (p *preparer) prepare(ctx context.Context, params *graphql.RawParams) (*ast.QueryDocument, gqlerror.List) {
	if err := cost.Name("operationName", params.OperationName); err != nil {
		return nil, refuseCost(ctx, err)
	}
	if err := p.persisted.MutateOperationParameters(ctx, params); err != nil {
		return nil, gqlerror.List{err}
	}
	doc, errs := p.document(ctx, params.Query)
	if errs != nil {
		return nil, errs
	}
	return doc, p.coerce(doc, params)
}

// coerce coerces the variables of an operation to the types of the schema.
func (p *preparer) coerce(doc *ast.QueryDocument, params *graphql.RawParams) gqlerror.List {
	operation := doc.Operations.ForName(params.OperationName)
	if operation == nil {
		return invalid(gqlerror.List{noSuchOperation(doc, params.OperationName)})
	}
	values, err := p.schema.Coerce(operation, params.Variables)
	if err != nil {
		return invalid(gqlerror.List{shorten(err)})
	}
	params.Variables = values
	return nil
}

// noSuchOperation returns the error for an operation name that the document lacks.
func noSuchOperation(doc *ast.QueryDocument, name string) *gqlerror.Error {
	if name == "" {
		return gqlerror.Errorf("the document has %d operations: name the one to run in operationName", len(doc.Operations))
	}
	return shorten(gqlerror.Errorf("the document has no operation %q: operationName must name one of its operations", name))
}

// document parses and validates a document, or returns it from the cache.
func (p *preparer) document(ctx context.Context, text string) (*ast.QueryDocument, gqlerror.List) {
	if doc, known := p.parsed.Get(ctx, text); known {
		return doc, nil
	}
	if err := wellformed.Document(text); err != nil {
		return nil, gqlerror.List{parseFailed(gqlerror.Errorf("%s", err))}
	}
	if err := cost.Names(text, maxTokens); err != nil {
		return nil, refuseCost(ctx, err)
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, maxTokens)
	if err != nil {
		return nil, gqlerror.List{parseFailed(err)}
	}
	if len(doc.Operations) == 0 {
		return nil, invalid(gqlerror.List{gqlerror.Errorf("the document has no operation")})
	}
	if err := cost.Shape(doc); err != nil {
		return nil, refuseCost(ctx, err)
	}
	if errs := p.validator.validate(p.schema.Schema, doc); len(errs) > 0 {
		return nil, invalid(errs)
	}
	p.schema.Distinct(doc)
	p.parsed.Add(ctx, text, doc)
	return doc, nil
}

func parseFailed(err error) *gqlerror.Error {
	failed := gqlerror.WrapIfUnwrapped(err)
	errcode.Set(failed, errcode.ParseFailed)
	return shorten(failed)
}

// invalid gives errors without a code that of validation.
func invalid(errs gqlerror.List) gqlerror.List {
	for _, err := range errs {
		if err.Extensions["code"] == nil {
			errcode.Set(err, errcode.ValidationFailed)
		}
	}
	return errs
}

func refuseCost(ctx context.Context, err *gqlerror.Error) gqlerror.List {
	answerWith(ctx, http.StatusUnprocessableEntity, err)
	return gqlerror.List{err}
}

// prepared is a transport whose operations come from a preparer.
type prepared struct {
	graphql.Transport
	by    *preparer
	label string // of Transports
}

// Do serves a request.
func (t prepared) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	t.Transport.Do(w, r, preparingExecutor{exec, t.by, t.label})
}

// A preparingExecutor prepares operations before it executes them.
type preparingExecutor struct {
	graphql.GraphExecutor
	by        *preparer
	transport string
}

// CreateOperationContext prepares an operation, and notes its transport.
func (e preparingExecutor) CreateOperationContext(ctx context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	doc, errs := e.by.prepare(ctx, params)
	if errs != nil {
		return e.by.failed(), errs
	}
	operation, errs := e.GraphExecutor.CreateOperationContext(context.WithValue(ctx, preparedKey{}, doc), params)
	if operation != nil {
		operation.Stats.SetExtension(transportExtension, e.transport)
	}
	return operation, errs
}

type preparedKey struct{}

// preparedDocuments is the executor's cache of documents. It always finds the document that was
// prepared for the operation, so the executor never parses or validates.
type preparedDocuments struct{}

// Get returns the document of the operation.
func (preparedDocuments) Get(ctx context.Context, _ string) (*ast.QueryDocument, bool) {
	doc, ok := ctx.Value(preparedKey{}).(*ast.QueryDocument)
	return doc, ok
}

// Add is never called, since Get always finds a document.
func (preparedDocuments) Add(context.Context, string, *ast.QueryDocument) {}
