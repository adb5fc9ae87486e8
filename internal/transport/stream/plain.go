package stream

import (
	"net/http"

	"github.com/99designs/gqlgen/graphql"

	"tandem/internal/engine"
	"tandem/internal/transport"
)

// Plain serves queries and mutations over HTTP, each with one JSON response. GET is for queries only, since a link
// on any page can send it.
type Plain struct {
	Engine *engine.Engine
	// Compress, if set, compresses the responses of a handler.
	Compress func(http.Handler) http.HandlerFunc
}

// Supports reports whether a request is an operation.
func (Plain) Supports(r *http.Request) bool {
	if r.Header.Get("Upgrade") != "" {
		return false
	}
	return r.Method == http.MethodGet || r.Method == http.MethodPost && transport.IsJSON(r)
}

// Do runs the operation of a request, or answers with an error.
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
		transport.RefuseInput(w, r, http.StatusBadRequest, unreadable(r))
		return
	}
	operation, errs := t.Engine.Prepare(r.Context(), exec, params)
	switch {
	case errs != nil:
		transport.WriteErrors(w, r, notRun(r), errs)
	case r.Method == http.MethodGet && !operation.IsQuery():
		transport.RefuseInput(w, r, http.StatusNotAcceptable, "GET is for queries: send a mutation by POST, and accept a stream for a subscription")
	default:
		transport.WriteJSON(w, r, http.StatusOK, operation.Respond())
	}
}

// unreadable returns the message for an operation that can't be read.
func unreadable(r *http.Request) string {
	if r.Method == http.MethodGet {
		return "the operation in the URL can't be read; variables and extensions are JSON objects"
	}
	return "the operation can't be read; query and operationName are strings, variables and extensions are objects"
}

// notRun returns the status of a response to an operation that did not run. With application/graphql-response+json
// it is 400, as the response has no data. A client of application/json would attribute any status other than 200
// to a proxy.
func notRun(r *http.Request) int {
	if transport.ResponseType(r) == transport.GraphQLResponse {
		return http.StatusBadRequest
	}
	return http.StatusOK
}

// Unsupported rejects requests that no other transport supports. It is the last one.
type Unsupported struct{}

// Supports reports true.
func (Unsupported) Supports(*http.Request) bool { return true }

// Do answers with an error.
func (Unsupported) Do(w http.ResponseWriter, r *http.Request, _ graphql.GraphExecutor) {
	w.Header().Set("Allow", "GET, POST")
	transport.RefuseInput(w, r, http.StatusMethodNotAllowed, "this path accepts GET, POST and WebSockets")
}
