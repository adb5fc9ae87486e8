package collab

import (
	"errors"
	"fmt"
	"time"
)

// A Code identifies a kind of error to programs. Codes are stable.
type Code string

// The codes. docs/protocol.md describes how a client handles each.
const (
	// BadInput: an argument is invalid. Change the call.
	BadInput Code = "BAD_USER_INPUT"
	// Unauthenticated: there are no credentials, or they are not accepted. Sign in.
	Unauthenticated Code = "UNAUTHENTICATED"
	// Forbidden: the person's role does not allow it.
	Forbidden Code = "FORBIDDEN"
	// ResyncRequired: the log cannot be read after this cursor. Fetch afresh, then follow from there.
	ResyncRequired Code = "RESYNC_REQUIRED"
	// LimitExceeded: this is more at a time than the server allows. End something first, or try
	// again later.
	LimitExceeded Code = "LIMIT_EXCEEDED"
	// RateLimited: this is more often than the server allows. Try again after Error.RetryAfter.
	RateLimited Code = "RATE_LIMITED"
	// Timeout: it took too long, and was stopped. Ask for less, or try again.
	Timeout Code = "TIMEOUT"
	// Unavailable: something that the server needs is unavailable. Try again.
	Unavailable Code = "UNAVAILABLE"
	// Internal: the server is at fault. The text of the error stays in the server's log.
	Internal Code = "INTERNAL"
)

// An Error is a failure with a message for people. Any other error is a fault of the server, and
// its text never leaves the server.
type Error struct {
	Code    Code
	Message string
	// RetryAfter is how long to wait before trying again; 0 if that is unknown.
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
