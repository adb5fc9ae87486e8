package transport

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// A Busy is a temporary refusal: close code 1013 on a socket, 503 over HTTP, or 429 when a rate limit is exceeded.
// The message is for the client.
type Busy struct {
	Code     string // in the extensions of the error
	Message  string
	After    time.Duration // when to try again
	TooOften bool          // a rate limit is exceeded
}

// Error returns the message.
func (b *Busy) Error() string { return b.Message }

// WriteBusy answers a request with a temporary refusal.
func WriteBusy(w http.ResponseWriter, r *http.Request, err error) {
	busy, is := errors.AsType[*Busy](err)
	if !is {
		busy = &Busy{Code: "UNAVAILABLE", Message: err.Error(), After: time.Second}
	}
	w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(busy.After.Seconds())))))
	status, extensions := http.StatusServiceUnavailable, map[string]any{"code": busy.Code}
	if busy.TooOften {
		status, extensions["retryAfterMs"] = http.StatusTooManyRequests, busy.After.Milliseconds()+1
	}
	WriteErrors(w, r, status, gqlerror.List{{Message: busy.Message, Extensions: extensions}})
}
