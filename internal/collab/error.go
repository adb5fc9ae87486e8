package collab

import (
	"errors"
	"fmt"
	"time"
)

// A Code tells a program what kind of error it met. Codes are stable.
type Code string

// The codes. docs/protocol.md says of each what a client does about it.
const (
	// BadInput: an argument is not what it has to be. Change the call.
	BadInput Code = "BAD_USER_INPUT"
	// Unauthenticated: no credentials, or ones that are not accepted. Sign in.
	Unauthenticated Code = "UNAUTHENTICATED"
	// Forbidden: the person's role does not allow it.
	Forbidden Code = "FORBIDDEN"
	// ResyncRequired: the log cannot be read after this cursor. Fetch afresh, then follow from there.
	ResyncRequired Code = "RESYNC_REQUIRED"
	// LimitExceeded: more at a time than the server allows. End something first, or try again later.
	LimitExceeded Code = "LIMIT_EXCEEDED"
	// RateLimited: more often than the server allows. Come back after Error.RetryAfter.
	RateLimited Code = "RATE_LIMITED"
	// Timeout: it took too long, and was given up. Ask for less, or try again.
	Timeout Code = "TIMEOUT"
	// Unavailable: something that the server needs is away. Try again.
	Unavailable Code = "UNAVAILABLE"
	// Internal: a fault of the server. Its text stays in the server's log.
	Internal Code = "INTERNAL"
)

// An Error is a failure that a person may read. Any other error is a fault of
// the server's own, and its text is shown to nobody outside.
type Error struct {
	Code    Code
	Message string
	// RetryAfter is after how long to come back; 0 is not known.
	RetryAfter time.Duration
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// Errorf returns an Error with a formatted message.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// CodeOf returns the code of the first Error in err's chain, or Internal.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}
