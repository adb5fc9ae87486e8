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
	// largeMessage is from which size on an operation counts as a large one, in
	// bytes: its JSON, once decoded, takes many times as much.
	largeMessage = 16 << 10
	// operationsUnderWay and largeUnderWay are how many operations of one person
	// run at a time, as long as their answers are small. More, and a person with
	// costly ones slows down the others; fewer, and pages that ask a lot when they
	// open take longer.
	operationsUnderWay = 4
	largeUnderWay      = 2
	// underWayWait is how long an operation waits until it may run.
	underWayWait = 30 * time.Second
	// fullWait is how long an event waits until it is asked for again whether there is
	// room, where as many operations wait as may.
	fullWait = 100 * time.Millisecond
)

// Underway bounds the memory of the operations under way. What an operation takes
// is only known when its answer is, so until then it is counted as a share of
// what its person may take, and from then on as what its answer takes until the
// client has read it. Whatever is beyond the bounds waits for its turn.
type Underway struct {
	queue     *fair.Queue
	perPerson int64
	who       func(context.Context) fair.Key
}

// NewUnderway returns bounds in bytes: of all operations of this instance, of one
// organization's and of one person's. who says on whose behalf an operation runs.
func NewUnderway(total, perOrg, perPerson int64, who func(context.Context) fair.Key) *Underway {
	limits := fair.Limits{Total: total, PerOrg: perOrg, PerPerson: perPerson, Waiting: maxOperations}
	return &Underway{queue: fair.New(limits), perPerson: perPerson, who: who}
}

// begin waits until an operation may run. The error is for the client.
func (u *Underway) begin(ctx context.Context, large bool) (*fair.Grant, error) {
	if u == nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, underWayWait)
	defer cancel()
	units := u.perPerson / operationsUnderWay
	if large {
		units = u.perPerson / largeUnderWay
	}
	held, err := u.queue.Acquire(ctx, u.who(ctx), units)
	switch {
	case errors.Is(err, fair.ErrFull):
		return nil, gqlerror.List{{
			Message:    "too many of your operations are waiting; wait for some of their answers first",
			Extensions: map[string]any{"code": "LIMIT_EXCEEDED"},
		}}
	case err != nil:
		return nil, gqlerror.List{{
			Message:    "this took too long to begin: too many answers of yours are unread, or this server has too much to do; try again later",
			Extensions: map[string]any{"code": "UNAVAILABLE"},
		}}
	}
	return held, nil
}

// Room waits until the person's answers and events that are unread leave room for
// another one.
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

// charge counts bytes that are rendered already, until they are released.
func (u *Underway) charge(ctx context.Context, bytes int) *fair.Grant {
	if u == nil {
		return nil
	}
	return u.queue.Charge(u.who(ctx), int64(bytes))
}

// copies is how many times an answer is in memory until the client has read it: as
// it was rendered, and as it waits to be written.
const copies = 2

// answered counts an operation by its answer.
func answered(held *fair.Grant, payload []byte) {
	held.Resize(int64(copies * len(payload)))
}

// A hold is the grant of an HTTP request.
type hold struct{ grant *fair.Grant }

type holdKey struct{}

// takeHold takes over the grant of a request, for an operation that outlives it.
func takeHold(ctx context.Context) *fair.Grant {
	held, ok := ctx.Value(holdKey{}).(*hold)
	if !ok {
		return nil
	}
	grant := held.grant
	held.grant = nil
	return grant
}

// answeredRequest counts the operation of a request by its answer, which is in memory until the client
// has read it, whatever is written of it at a time.
func answeredRequest(ctx context.Context, payload []byte) {
	if held, ok := ctx.Value(holdKey{}).(*hold); ok {
		answered(held.grant, payload)
	}
}

// Handler has requests wait until their operation may run, before their body is
// read, and counts their answers until the client has read them. Sockets count their
// operations themselves.
func (u *Underway) Handler(next http.Handler) http.Handler {
	if u == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			next.ServeHTTP(w, r)
			return
		}
		large := r.ContentLength < 0 || r.ContentLength > largeMessage
		grant, err := u.begin(r.Context(), large)
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
