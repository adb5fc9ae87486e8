package transport

import (
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	gqltransport "github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"
)

// Queries serves queries by GET, which is for nothing that changes anything: a
// link on any page can send it.
type Queries struct{ gqltransport.GET }

// Do answers a query, and refuses all else with an error that has a code.
func (t Queries) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	params, err := urlParams(r)
	if err != nil {
		writeErrors(w, http.StatusBadRequest, "the operation in the URL can't be read; variables and extensions are JSON objects")
		return
	}
	opCtx, errs := exec.CreateOperationContext(graphql.StartOperationTrace(r.Context()), &params)
	if errs == nil && opCtx.Operation.Operation != ast.Query {
		writeErrors(w, http.StatusNotAcceptable, "GET is for queries: send a mutation by POST, and accept a stream for a subscription")
		return
	}
	t.GET.Do(w, r, exec)
}

// Others refuses what no other transport serves. It is the last one.
type Others struct{}

// Supports reports true.
func (Others) Supports(*http.Request) bool { return true }

// Do answers with an error.
func (Others) Do(w http.ResponseWriter, _ *http.Request, _ graphql.GraphExecutor) {
	w.Header().Set("Allow", "GET, POST")
	writeErrors(w, http.StatusMethodNotAllowed, "this address knows GET and POST, and WebSockets")
}
