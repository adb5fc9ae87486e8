// Package requestid names requests, and the operations of sockets. A client finds the id in
// the answer and in its errors, and an operator finds it in the log.
package requestid

import (
	"context"
	"crypto/rand"
	"maps"
	"net/http"
	"strconv"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Header is the header with the id of a request: every response has it, and a
// request if its client chooses the id.
const Header = "X-Request-Id"

// maxRequestID bounds an id that a client made, in bytes.
const maxRequestID = 64

type requestIDKey struct{}

// With returns a context that carries the id of a request.
func With(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// From returns the id that ctx carries, or "". It connects the error that a client
// received with the log.
func From(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// Handler gives every request and its response an id. It keeps the id that a
// client or a proxy chose, if it is fit for headers and logs.
func Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(Header)
		if !fitRequestID(id) {
			id = rand.Text()
		}
		w.Header().Set(Header, id)
		next.ServeHTTP(w, r.WithContext(With(r.Context(), id)))
	})
}

func fitRequestID(id string) bool {
	for _, c := range []byte(id) {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (c < '0' || c > '9') && c != '.' && c != '_' && c != '-' {
			return false
		}
	}
	return id != "" && len(id) <= maxRequestID
}

// OfOperation returns the id of an operation on a socket: the id of the upgrade, and the
// number of the operation on the socket.
func OfOperation(ctx context.Context, socket string, n int) context.Context {
	return numbered{ctx, socket, n}
}

// numbered is a context that creates the id of an operation on demand, because most
// operations need none.
type numbered struct {
	context.Context
	socket string
	n      int
}

// Value returns what the context carries.
func (c numbered) Value(key any) any {
	if _, is := key.(requestIDKey); is {
		return c.socket + "." + strconv.Itoa(c.n)
	}
	return c.Context.Value(key)
}

// OfExecution returns the id of an execution. Its events may be for many clients, so the id is
// independent of the request that started it.
func OfExecution(ctx context.Context) context.Context {
	return With(ctx, rand.Text())
}

// Annotate returns the errors with the id of a request, as extensions.requestId. Errors that have
// one keep it. It does not change its argument.
func Annotate(id string, errs gqlerror.List) gqlerror.List {
	named := make(gqlerror.List, len(errs))
	for i, err := range errs {
		if named[i] = err; id == "" || err.Extensions["requestId"] != nil {
			continue
		}
		copied := *err
		copied.Extensions = maps.Clone(err.Extensions)
		if copied.Extensions == nil {
			copied.Extensions = make(map[string]any, 1)
		}
		copied.Extensions["requestId"] = id
		named[i] = &copied
	}
	return named
}
