package smtp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	netmail "net/mail"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hashicorp/golang-lru/v2"
	"github.com/wneessen/go-mail"

	"tandem/internal/circuit"
)

const (
	// sendTime bounds an attempt, from looking up the name to the answer to the message. An attempt begins only if the caller
	// leaves that much: the mail server may have taken what is cut off, which is then sent twice.
	sendTime = 10 * time.Second
	// mostKnown bounds the people and domains of whom the sender knows whether the mail server took the last message.
	mostKnown = 10_000
)

// A Sender hands messages to a mail server. It is safe for concurrent use.
type Sender struct {
	server *Server
	from   *netmail.Address
	log    *slog.Logger
	roots  *x509.CertPool // whom to trust; nil for the roots of the system
	lanes  *lanes
	// known has whether the mail server took the last message of an owner, and for a domain, or failed after it got the address.
	known   *lru.Cache[string, bool]
	time    time.Duration    // sendTime, or less in tests
	breaker *circuit.Breaker // by domain
	fails   atomic.Bool      // the log says that the mail server fails
	// lacksUTF8 is set once the log says that the mail server does not offer SMTPUTF8.
	lacksUTF8 atomic.Bool
}

// NewSender returns a sender. Messages come from an address of RFC 5322, which may have a name.
func NewSender(server *Server, from string, log *slog.Logger) (*Sender, error) {
	address, err := netmail.ParseAddress(from)
	if err != nil {
		return nil, errors.New(`it must be an address, for example "Tandem <tandem@crm.example>"`)
	}
	if address.Address, err = withASCIIDomain(address.Address); err != nil || !isASCII(address.Address) {
		return nil, errors.New("its address must be in ASCII before the @, and have a domain after it")
	}
	known, err := lru.New[string, bool](mostKnown)
	return &Sender{
		server: server, from: address, log: log, lanes: newLanes(), known: known, time: sendTime, breaker: circuit.New("the mail server"),
	}, err
}

// Send makes one attempt to hand a message to the mail server. The error is ctx's, if it was cancelled before.
func (s *Sender) Send(ctx context.Context, m Message) (Outcome, error) {
	message, err := s.compose(m)
	if err != nil {
		return Outcome{Verdict: NoMailbox, Reason: ReasonNoMailbox}, nil
	}
	if s.isDoubtful(m) {
		leave, entered := s.lanes.enterSlow()
		if !entered {
			return Outcome{Verdict: Wait, Reason: ReasonBusy, After: circuit.LeaveAlone}, nil
		}
		defer leave()
	} else {
		leave, entered := s.lanes.enter(ctx)
		if !entered {
			return late(ctx)
		}
		defer leave()
	}
	if deadline, bounded := ctx.Deadline(); ctx.Err() != nil || bounded && time.Until(deadline) < s.time {
		return late(ctx)
	}
	end, allowed := s.breaker.AllowFor(domainOf(m.To))
	if !allowed {
		return s.refused(m), nil
	}
	err = s.attempt(ctx, message)
	if err != nil && errors.Is(ctx.Err(), context.Canceled) {
		end(circuit.Unknown)
		return Outcome{}, ctx.Err()
	}
	outcome := Outcome{Verdict: Sent}
	if err != nil {
		outcome = outcomeOf(err)
	}
	end(s.judge(m, outcome, err))
	s.note(outcome, err)
	return outcome, nil
}

// late is the outcome of a message that began no attempt before ctx ended, or too little of its time was left.
func late(ctx context.Context) (Outcome, error) {
	if errors.Is(ctx.Err(), context.Canceled) {
		return Outcome{}, ctx.Err()
	}
	return Outcome{Verdict: Wait, Reason: ReasonBusy}, nil
}

// isDoubtful reports whether the mail server failed for the owner of a message the last time, or for the domain of its address, if nothing is
// known of the owner. Such a message is sent beside those of others.
func (s *Sender) isDoubtful(m Message) bool {
	works, known := s.known.Get(m.Owner)
	if !known {
		works, known = s.known.Get(domainOf(m.To))
	}
	return known && !works
}

// domainOf returns the domain of an address, as a key that is none of an owner.
func domainOf(address string) string {
	return strings.ToLower(address[max(0, strings.LastIndexByte(address, '@')):])
}

// refused is the outcome of a message that the circuit breaker did not allow. If another one finds out at this moment whether the mail server
// works, somebody for whom it did not fail tries after that.
func (s *Sender) refused(m Message) Outcome {
	room, limited := s.breaker.Room()
	if limited {
		s.noteFailure(ReasonOpen, nil)
	}
	if room > 0 && !s.isDoubtful(m) {
		return Outcome{Verdict: Wait, Reason: ReasonBusy}
	}
	return Outcome{Verdict: Wait, Reason: ReasonOpen, After: circuit.LeaveAlone}
}

// judge returns what an attempt says about the mail server, and keeps what it says about the owner of the message and the domain.
func (s *Sender) judge(m Message, outcome Outcome, err error) circuit.Result {
	works := !outcome.isOutage()
	if !works && !isAboutOne(err) {
		return circuit.Down
	}
	s.known.Add(m.Owner, works)
	s.known.Add(domainOf(m.To), works)
	if works {
		return circuit.Works
	}
	return circuit.Fails
}

// attempt sends a message over a connection of its own. An error after the mail server took it does not count.
func (s *Sender) attempt(ctx context.Context, message *mail.Msg) error {
	ctx, cancel := context.WithTimeout(ctx, s.time)
	defer cancel()
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	to := message.GetToString()
	client, err := s.client(ctx, end, to)
	if err != nil {
		return err
	}
	err = hand(ctx, client, message, to)
	switch {
	case message.IsDelivered(), isTaken(err):
		return nil
	case err != nil && ctx.Err() != nil:
		return fmt.Errorf("%w: %w", context.Cause(ctx), err) // it closed the connection
	}
	return err
}

// hand connects to the mail server and hands it a message. The error is errNoUTF8 if the server can't be told the address.
func hand(ctx context.Context, client *mail.Client, message *mail.Msg, to []string) error {
	connection, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = client.CloseWithSMTPClient(connection) }()
	if offered, _ := connection.Extension("SMTPUTF8"); !offered && !isASCII(strings.Join(to, "")) {
		return errNoUTF8
	}
	return client.SendWithSMTPClient(connection, message)
}

// client returns the client of one connection, which ends with ctx. The connection calls end if the mail server answers too much. The
// client asks for SMTPUTF8 only for addresses that need it: the mail server may refuse to pass on what asks for it.
func (s *Sender) client(ctx context.Context, end context.CancelCauseFunc, to []string) (*mail.Client, error) {
	dial := func(dialing context.Context, network, _ string) (net.Conn, error) {
		conn, err := s.dial(dialing, network, end)
		if err == nil {
			context.AfterFunc(ctx, func() { _ = conn.Close() }) // the library watches a context only while it dials
		}
		return conn, err
	}
	options := []mail.Option{
		mail.WithPort(s.server.port), mail.WithTimeout(2 * sendTime), mail.WithDialContextFunc(dial), mail.WithTLSConfig(s.tls()),
		mail.WithTLSPolicy(mail.TLSOpportunistic), mail.WithoutNoop(), mail.WithoutRset(),
	}
	if s.server.user != "" {
		options = append(options, mail.WithUsername(s.server.user), mail.WithPassword(s.server.password), mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover))
	}
	if isASCII(strings.Join(to, "")) {
		options = append(options, mail.WithoutSMTPUTF8())
	}
	switch {
	case s.server.usesTLS:
	case s.server.needsTLS():
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	case s.server.user != "": // on this machine, where the library would not find PLAIN by itself
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthPlain))
	}
	return mail.NewClient(s.server.host, options...)
}

func (s *Sender) tls() *tls.Config {
	return &tls.Config{ServerName: s.server.host, RootCAs: s.roots, MinVersion: tls.VersionTLS12}
}

// dial connects to the mail server. The library learns from the type of the connection that it has TLS.
func (s *Sender) dial(ctx context.Context, network string, end context.CancelCauseFunc) (net.Conn, error) {
	address := net.JoinHostPort(s.server.host, strconv.Itoa(s.server.port))
	dialed, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	conn := &conversation{Conn: dialed, left: mostAnswered, end: end}
	if !s.server.usesTLS {
		return conn, nil
	}
	encrypted := tls.Client(conn, s.tls())
	if err := encrypted.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return encrypted, nil
}

// note logs when the mail server begins to fail, and when it works again. A failure after the mail server was told the address may
// concern that one person only. The log has it once the circuit breaker opens.
func (s *Sender) note(outcome Outcome, err error) {
	switch {
	case outcome.isOutage() && !isAboutOne(err):
		s.noteFailure(outcome.Reason, err)
	case !outcome.isOutage() && s.fails.Swap(false):
		s.log.Info("the mail server takes messages again")
	}
	if outcome.Reason == ReasonNoUTF8 && !s.lacksUTF8.Swap(true) {
		s.log.Warn("the mail server does not offer SMTPUTF8; nothing is sent to addresses with letters outside ASCII before the @")
	}
}

// noteFailure logs that the mail server fails, unless the log has it already.
func (s *Sender) noteFailure(reason Reason, err error) {
	if !s.fails.Swap(true) {
		s.log.Warn("the mail server takes no messages; they are tried again", "reason", reason, "error", err)
	}
}
