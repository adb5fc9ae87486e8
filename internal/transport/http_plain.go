package transport

import (
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Plain serves queries and mutations over HTTP, each with one response, as JSON. GET
// is for queries only, since a link on any page can send it.
type Plain struct {
	Engine *Engine
	// Compress, if set, compresses the answers of a handler.
	Compress func(http.Handler) http.HandlerFunc
}

// Supports reports whether a request is an operation.
func (Plain) Supports(r *http.Request) bool {
	if r.Header.Get("Upgrade") != "" {
		return false
	}
	return r.Method == http.MethodGet || r.Method == http.MethodPost && isJSON(r)
}

// Do answers an operation, or says with an error and its code why it does not.
func (t Plain) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	answer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { t.answer(w, r, exec) })
	if t.Compress != nil {
		answer = t.Compress(answer)
	}
	answer(w, r)
}

func (t Plain) answer(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	params, err := readParams(r)
	if err != nil {
		writeErrors(w, r, http.StatusBadRequest, unreadable(r))
		return
	}
	operation, errs := t.Engine.Prepare(r.Context(), exec, params)
	switch {
	case errs != nil:
		WriteErrors(w, r, notRun(r), errs)
	case r.Method == http.MethodGet && operation.opCtx.Operation.Operation != ast.Query:
		writeErrors(w, r, http.StatusNotAcceptable, "GET is for queries: send a mutation by POST, and accept a stream for a subscription")
	default:
		writeJSON(w, r, http.StatusOK, operation.Respond())
	}
}

// unreadable says that an operation can't be read.
func unreadable(r *http.Request) string {
	if r.Method == http.MethodGet {
		return "the operation in the URL can't be read; variables and extensions are JSON objects"
	}
	return "the operation can't be read; query and operationName are strings, variables and extensions are objects"
}

// notRun is the status of a response to an operation that was not run. The response
// has no data, and application/graphql-response+json says that by its status; to a
// client of application/json another status than 200 would be one of a proxy.
func notRun(r *http.Request) int {
	if responseType(r) == graphQLResponse {
		return http.StatusBadRequest
	}
	return http.StatusOK
}

// Others refuses what no other transport serves. It is the last one.
type Others struct{}

// Supports reports true.
func (Others) Supports(*http.Request) bool { return true }

// Do answers with an error.
func (Others) Do(w http.ResponseWriter, r *http.Request, _ graphql.GraphExecutor) {
	w.Header().Set("Allow", "GET, POST")
	writeErrors(w, r, http.StatusMethodNotAllowed, "this address knows GET and POST, and WebSockets")
}
