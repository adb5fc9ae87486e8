package transport

import (
	"context"
	"crypto/rand"
	"maps"
	"net/http"
	"strconv"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// RequestIDHeader is the header that names a request: of an answer always, and of
// a request if its client names it.
const RequestIDHeader = "X-Request-Id"

// maxRequestID bounds an id that a client made, in bytes.
const maxRequestID = 64

type requestIDKey struct{}

// WithRequestID returns a context that carries the id of a request.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestID returns the id that ctx carries, or "". By it, what a client was
// shown is found in the log.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// NameRequests gives every request an id, and its answer too. The one that a
// client or a proxy gave stays, if it is fit for headers and logs.
func NameRequests(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(RequestIDHeader)
		if !fitRequestID(id) {
			id = rand.Text()
		}
		w.Header().Set(RequestIDHeader, id)
		next.ServeHTTP(w, r.WithContext(WithRequestID(r.Context(), id)))
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

// ofOperation names an operation of a socket: by the id of the upgrade, and how
// many operations came before it on the socket.
func ofOperation(ctx context.Context, socket string, n int) context.Context {
	return numbered{ctx, socket, n}
}

// numbered is a context that makes the id of an operation when somebody asks for
// it, which few ever do.
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

// ofExecution names an execution. What it renders may be for many clients, so
// nothing of the request that it began with is in its id.
func ofExecution(ctx context.Context) context.Context {
	return WithRequestID(ctx, rand.Text())
}

// Name returns the errors with the id of a request, as extensions.requestId.
// Those that have one already keep it. What it is given stays as it is.
func Name(id string, errs gqlerror.List) gqlerror.List {
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
