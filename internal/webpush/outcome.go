package webpush

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"
)

// A Verdict is what to do with a message after an attempt to send it.
type Verdict int

// The verdicts.
const (
	Sent  Verdict = iota // the push service has it
	Gone                 // the subscription has ended; nothing can be sent to it any more
	Drop                 // this message will never be accepted
	Retry                // it may be accepted later
	Wait                 // nothing was tried, since the push service failed just before
)

// A Reason names why a message was not sent, for metrics.
type Reason string

// The reasons.
const (
	ReasonGone        Reason = "gone"         // 404 or 410
	ReasonTooLarge    Reason = "too_large"    // 413, or a payload that is longer than push services accept
	ReasonLimited     Reason = "limited"      // 429, or 507, with which some services answer for a device that has been away for long
	ReasonFailed      Reason = "failed"       // 5xx
	ReasonRefused     Reason = "refused"      // any other answer, also a redirect
	ReasonAddress     Reason = "address"      // the address is not public
	ReasonTimeout     Reason = "timeout"      // no answer in time
	ReasonUnreachable Reason = "unreachable"  // no connection, or a broken one
	ReasonOpen        Reason = "circuit_open" // the push service failed just before
)

// Reasons are all reasons.
var Reasons = []string{
	string(ReasonGone), string(ReasonTooLarge), string(ReasonLimited), string(ReasonFailed), string(ReasonRefused),
	string(ReasonAddress), string(ReasonTimeout), string(ReasonUnreachable), string(ReasonOpen),
}

// An Outcome is the result of an attempt.
type Outcome struct {
	Verdict Verdict
	Reason  Reason // empty for Sent
	// After is how long the push service asks to wait before the next attempt; 0 leaves it to the caller.
	After time.Duration
}

// maxRetryAfter bounds how long a push service may delay a message.
const maxRetryAfter = time.Hour

// outcomeOf judges an answer.
func outcomeOf(response *http.Response, now time.Time) Outcome {
	switch status := response.StatusCode; {
	case status >= 200 && status < 300:
		return Outcome{Verdict: Sent}
	case status == http.StatusNotFound || status == http.StatusGone:
		return Outcome{Verdict: Gone, Reason: ReasonGone}
	case status == http.StatusRequestEntityTooLarge:
		return Outcome{Verdict: Drop, Reason: ReasonTooLarge}
	case status == http.StatusTooManyRequests || status == http.StatusInsufficientStorage:
		return Outcome{Verdict: Retry, Reason: ReasonLimited, After: retryAfter(response, now)}
	case status >= 500:
		return Outcome{Verdict: Retry, Reason: ReasonFailed, After: retryAfter(response, now)}
	}
	return Outcome{Verdict: Retry, Reason: ReasonRefused}
}

// retryAfter reads Retry-After, seconds or a date; 0 if it has neither.
func retryAfter(response *http.Response, now time.Time) time.Duration {
	text := response.Header.Get("Retry-After")
	// A number that is out of range parses as the largest one of 31 bits.
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil || errors.Is(err, strconv.ErrRange) {
		return min(time.Duration(seconds)*time.Second, maxRetryAfter)
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	return min(max(0, at.Sub(now)), maxRetryAfter)
}

// outcomeOfError judges an attempt without an answer.
func outcomeOfError(err error) Outcome {
	network, isNetwork := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, errAddress):
		return Outcome{Verdict: Retry, Reason: ReasonAddress} // the name may lead elsewhere tomorrow: resolvers fail too
	case errors.Is(err, context.DeadlineExceeded) || isNetwork && network.Timeout():
		return Outcome{Verdict: Retry, Reason: ReasonTimeout}
	}
	return Outcome{Verdict: Retry, Reason: ReasonUnreachable}
}

// isOutage reports whether the push service may not work for anybody, as far as one outcome tells.
func (o Outcome) isOutage() bool {
	return o.Reason == ReasonFailed || o.Reason == ReasonTimeout || o.Reason == ReasonUnreachable
}
