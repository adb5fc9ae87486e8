package httpd

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"

	"tandem/internal/collab"
)

type answerKey struct{}

// An answer is a response whose status an operation may set: gqlgen answers most errors with 200.
type answer struct {
	http.ResponseWriter
	refusal atomic.Pointer[refusal]
	begun   bool
}

type refusal struct {
	status     int
	retryAfter int // in seconds; 0 for no header
}

// answerable lets operations set the status of their response.
func answerable(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			next.ServeHTTP(w, r)
			return
		}
		a := &answer{ResponseWriter: w}
		next.ServeHTTP(a, r.WithContext(context.WithValue(r.Context(), answerKey{}, a)))
	})
}

// answerWith sets the status of an operation's response. On sockets and streams, where an operation
// has no response of its own, it does nothing.
func answerWith(ctx context.Context, status int, err error) {
	a, ok := ctx.Value(answerKey{}).(*answer)
	if !ok {
		return
	}
	with := &refusal{status: status}
	if known, is := errors.AsType[*collab.Error](err); is && known.RetryAfter > 0 {
		with.retryAfter = int(math.Ceil(known.RetryAfter.Seconds()))
	}
	a.refusal.Store(with)
}

// WriteHeader begins the response.
func (a *answer) WriteHeader(status int) {
	a.begun = true
	with, kind := a.refusal.Load(), a.Header().Get("Content-Type")
	if with != nil && status < http.StatusBadRequest && strings.HasPrefix(kind, "application/") {
		status = with.status
		if with.retryAfter > 0 {
			a.Header().Set("Retry-After", strconv.Itoa(with.retryAfter))
		}
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write writes to the response, and begins it if necessary.
func (a *answer) Write(b []byte) (int, error) {
	if !a.begun {
		a.WriteHeader(http.StatusOK)
	}
	return a.ResponseWriter.Write(b)
}

// Unwrap lets a response controller reach the writer.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
