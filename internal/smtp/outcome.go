package smtp

import (
	"context"
	"errors"
	"net/textproto"
	"regexp"
	"slices"
	"time"

	"github.com/wneessen/go-mail"
)

// A Verdict is what to do with a message after an attempt to send it.
type Verdict int

// The verdicts.
const (
	Sent      Verdict = iota // the mail server has it
	NoMailbox                // the address does not exist; nothing can be sent to it
	Drop                     // this message will never be accepted
	Retry                    // it may be accepted later
	Wait                     // nothing was tried, since the mail server failed just before, or since too many wait
)

// A Reason names why a message was not sent, for metrics.
type Reason string

// The reasons.
const (
	ReasonNoMailbox   Reason = "no_mailbox"   // 5xx, and the code says that there is no such address
	ReasonNoUTF8      Reason = "no_smtputf8"  // the address needs SMTPUTF8 (RFC 6531), which the mail server does not offer
	ReasonRefused     Reason = "refused"      // any other 5xx to the address or the message
	ReasonDeferred    Reason = "deferred"     // 4xx to the address or the message
	ReasonServer      Reason = "server"       // 4xx or 5xx to the connection, the sign-in or the sender, or too long answers
	ReasonTimeout     Reason = "timeout"      // no answer in time
	ReasonUnreachable Reason = "unreachable"  // no connection, or a broken one, or none with TLS
	ReasonOpen        Reason = "circuit_open" // the mail server failed just before
	ReasonBusy        Reason = "busy"         // the mail server takes others first
)

// Reasons are all reasons.
var Reasons = []string{
	string(ReasonNoMailbox), string(ReasonNoUTF8), string(ReasonRefused), string(ReasonDeferred), string(ReasonServer),
	string(ReasonTimeout), string(ReasonUnreachable), string(ReasonOpen), string(ReasonBusy),
}

// An Outcome is the result of an attempt.
type Outcome struct {
	Verdict Verdict
	Reason  Reason // empty for Sent
	// After is how long to wait at least before the next attempt.
	After time.Duration
}

// noMailboxCodes are the enhanced codes (RFC 3463) of an address that does not exist. Without such a code, 550 may as well mean
// that the mail server takes nothing from this sender.
var noMailboxCodes = []string{"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}

// outcomeOf judges an attempt that failed.
func outcomeOf(err error) Outcome {
	failed, isSend := errors.AsType[*mail.SendError](err)
	reply, isReply := errors.AsType[*textproto.Error](err)
	switch {
	case errors.Is(err, errNoUTF8):
		return Outcome{Verdict: Drop, Reason: ReasonNoUTF8}
	case errors.Is(err, errTalks):
		return Outcome{Verdict: Retry, Reason: ReasonServer}
	case errors.Is(err, context.DeadlineExceeded):
		return Outcome{Verdict: Retry, Reason: ReasonTimeout}
	case isSend && slices.Contains(aboutTheMessage, failed.Reason):
		return outcomeOfReply(failed)
	case isSend && failed.ErrorCode() > 0, isReply && reply.Code > 0:
		return Outcome{Verdict: Retry, Reason: ReasonServer}
	}
	return Outcome{Verdict: Retry, Reason: ReasonUnreachable}
}

// aboutTheMessage are the steps in which the mail server judges the address or the message, and not this server.
var aboutTheMessage = []mail.SendErrReason{mail.ErrSMTPRcptTo, mail.ErrSMTPData, mail.ErrWriteContent, mail.ErrSMTPDataClose}

// outcomeOfReply judges what the mail server answered to an address or a message.
func outcomeOfReply(failed *mail.SendError) Outcome {
	switch code := failed.ErrorCode(); {
	case code == 0:
		return Outcome{Verdict: Retry, Reason: ReasonUnreachable}
	case code == 421: // it closes the connection
		return Outcome{Verdict: Retry, Reason: ReasonServer}
	case code < 500:
		return Outcome{Verdict: Retry, Reason: ReasonDeferred}
	}
	if failed.Reason == mail.ErrSMTPRcptTo && slices.Contains(noMailboxCodes, enhancedCode(failed)) {
		return Outcome{Verdict: NoMailbox, Reason: ReasonNoMailbox}
	}
	return Outcome{Verdict: Drop, Reason: ReasonRefused}
}

// refusal is how an error quotes a 5xx reply of the mail server with an enhanced code.
var refusal = regexp.MustCompile(`^[^:]*: 5\d\d "(5\.\d{1,3}\.\d{1,3})\b`)

// enhancedCode returns the enhanced code of a refusal; empty if it has none. Many servers send such codes without offering
// ENHANCEDSTATUSCODES.
func enhancedCode(failed *mail.SendError) string {
	if found := refusal.FindStringSubmatch(failed.Error()); found != nil {
		return found[1]
	}
	return ""
}

// acceptance is how an error quotes a 2xx reply that the library refuses: another one than it expects, or one without a text, which is only
// a code (RFC 5321, 4.2).
var acceptance = regexp.MustCompile(`^[^:]*: (?:short response: )?"?2\d\d\b`)

// isTaken reports whether the mail server took the message, although the library has an error of the answer to it.
func isTaken(err error) bool {
	failed, isSend := errors.AsType[*mail.SendError](err)
	return isSend && failed.Reason == mail.ErrSMTPDataClose && acceptance.MatchString(failed.Error())
}

// isAboutOne reports whether an attempt failed after the mail server got the address, so perhaps for that one person only.
func isAboutOne(err error) bool {
	failed, isSend := errors.AsType[*mail.SendError](err)
	return isSend && slices.Contains(aboutTheMessage, failed.Reason)
}

// isOutage reports whether the outcome says that the mail server does not work, at least for one person.
func (o Outcome) isOutage() bool {
	return o.Reason == ReasonServer || o.Reason == ReasonTimeout || o.Reason == ReasonUnreachable
}
