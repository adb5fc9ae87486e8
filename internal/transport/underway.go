package transport

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/fair"
)

const (
	// OperationsUnderWay and LargeUnderWay bound the concurrent operations of one person while responses
	// are small. A low value delays pages with many queries. A high value lets a person with costly
	// operations slow down others.
	OperationsUnderWay = 4
	LargeUnderWay      = 2
	// underWayWait bounds how long an operation waits before it runs.
	underWayWait = 30 * time.Second
	// fullWait is the interval at which an event checks for room while the queue is full.
	fullWait = 100 * time.Millisecond
)

// Underway bounds the memory of the operations under way. Until an operation has a response it counts as a share
// of its person's bound, and from then on as the size of the response, until the client has read it. Operations
// beyond the bounds wait.
type Underway struct {
	queue     *fair.Queue
	perPerson int64
	who       func(context.Context) fair.Key
}

// NewUnderway returns bounds in bytes for all operations of this instance, those of one organization, and those of
// one person. who returns the person of an operation.
func NewUnderway(total, perOrg, perPerson int64, who func(context.Context) fair.Key) *Underway {
	limits := fair.Limits{Total: total, PerOrg: perOrg, PerPerson: perPerson, Waiting: MaxOperations}
	return &Underway{queue: fair.New(limits), perPerson: perPerson, who: who}
}

// Stats returns the bytes that are counted now, and the number of waiting operations.
func (u *Underway) Stats() (held int64, waiting int) { return u.queue.Stats() }

// Begin waits until an operation may run. The error is for the client.
func (u *Underway) Begin(ctx context.Context, large bool) (*fair.Grant, error) {
	if u == nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, underWayWait)
	defer cancel()
	units := u.perPerson / OperationsUnderWay
	if large {
		units = u.perPerson / LargeUnderWay
	}
	held, err := u.queue.Acquire(ctx, u.who(ctx), units)
	switch {
	case errors.Is(err, fair.ErrFull):
		return nil, gqlerror.List{{
			Message:    "too many of your operations are waiting; wait for some of their responses first",
			Extensions: map[string]any{"code": "LIMIT_EXCEEDED"},
		}}
	case err != nil:
		return nil, gqlerror.List{{
			Message:    "this took too long to begin: you have too many unread responses, or this server is overloaded; try again later",
			Extensions: map[string]any{"code": "UNAVAILABLE"},
		}}
	}
	return held, nil
}

// Room waits until the person's unread responses and events leave room for another one.
func (u *Underway) Room(ctx context.Context) error {
	for {
		held, err := u.queue.Acquire(ctx, u.who(ctx), 1)
		held.Release()
		if !errors.Is(err, fair.ErrFull) {
			return err
		}
		select {
		case <-time.After(fullWait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Charge counts rendered bytes until the grant is released.
func (u *Underway) Charge(ctx context.Context, bytes int) *fair.Grant {
	if u == nil {
		return nil
	}
	return u.queue.Charge(u.who(ctx), int64(bytes))
}

// Copies is the number of copies of a response in memory until the client has read it: one as rendered, and one
// that waits to be written.
const Copies = 2

// Answered counts an operation as the size of its response.
func Answered(held *fair.Grant, payload []byte) {
	held.Resize(int64(Copies * len(payload)))
}

// A hold is the grant of an HTTP request.
type hold struct{ grant *fair.Grant }

type holdKey struct{}

// TakeHold takes over the grant of a request, for an operation that outlives the request.
func TakeHold(ctx context.Context) *fair.Grant {
	held, ok := ctx.Value(holdKey{}).(*hold)
	if !ok {
		return nil
	}
	grant := held.grant
	held.grant = nil
	return grant
}

// answeredRequest counts the operation of a request as the size of its response, until the client has read all of
// it.
func answeredRequest(ctx context.Context, payload []byte) {
	if held, ok := ctx.Value(holdKey{}).(*hold); ok {
		Answered(held.grant, payload)
	}
}

// Handler makes requests wait before their body is read, until there is memory for their operation, and counts
// their responses until the client has read them. Sockets count their operations themselves.
func (u *Underway) Handler(next http.Handler) http.Handler {
	if u == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			next.ServeHTTP(w, r)
			return
		}
		large := r.ContentLength < 0 || r.ContentLength > LargeMessage
		grant, err := u.Begin(r.Context(), large)
		if err != nil {
			w.Header().Set("Retry-After", "5")
			Refuse(w, r, http.StatusServiceUnavailable, err.(gqlerror.List))
			return
		}
		held := &hold{grant}
		defer func() { held.grant.Release() }()
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), holdKey{}, held)))
	})
}
