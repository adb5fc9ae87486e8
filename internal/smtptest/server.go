package smtptest

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"tandem/internal/eventually"
)

// A Server is a mail server on this machine.
type Server struct {
	Address string // host:port

	t        testing.TB
	server   *smtp.Server
	hang     chan struct{} // closed when the test ends
	user     string        // empty lets everybody send
	password string

	mu       sync.Mutex // guards what follows
	answer   func(to string, attempt int) Answer
	attempts map[string]int // by address
	messages []Message
}

// An Option changes a server before it starts.
type Option func(*Server)

// WithSTARTTLS has the server offer TLS.
func WithSTARTTLS(config *tls.Config) Option {
	return func(s *Server) { s.server.TLSConfig = config }
}

// WithUser has the server take messages only from somebody who signs in, by PLAIN.
func WithUser(user, password string) Option {
	return func(s *Server) { s.user, s.password = user, password }
}

// WithoutSMTPUTF8 has the server take addresses in ASCII only.
func WithoutSMTPUTF8() Option {
	return func(s *Server) { s.server.EnableSMTPUTF8 = false }
}

// Start starts a mail server that ends with the test.
func Start(t testing.TB, options ...Option) *Server { return start(t, nil, options) }

// StartTLS starts one that speaks TLS from the first byte.
func StartTLS(t testing.TB, config *tls.Config) *Server { return start(t, config, nil) }

func start(t testing.TB, config *tls.Config, options []Option) *Server {
	t.Helper()
	s := &Server{t: t, hang: make(chan struct{}), attempts: map[string]int{}}
	s.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return s.begin(c) }))
	s.server.Domain, s.server.AllowInsecureAuth, s.server.EnableSMTPUTF8 = "localhost", true, true
	s.server.ErrorLog = quiet{}
	for _, option := range options {
		option(s)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Address = listener.Addr().String()
	if config != nil {
		listener = tls.NewListener(listener, config)
	}
	go func() { _ = s.server.Serve(listener) }()
	t.Cleanup(func() { _ = s.server.Close() })
	t.Cleanup(func() { close(s.hang) })
	return s
}

// URL returns the server as SMTP_URL names it.
func (s *Server) URL() string { return "smtp://" + s.Address }

// An Answer is what the server does with a message. The zero value accepts it.
type Answer struct {
	At Stage
	// Code and Enhanced are an SMTP reply. Without a code, the server closes the connection, or Hangs.
	Code     int
	Enhanced [3]int
	Hangs    bool
}

// A Stage is a step of handing over a message.
type Stage int

// The stages. At AfterData the server has taken the message, and does not say so.
const (
	Accept Stage = iota
	AtSender
	AtAddress
	AtData
	AfterData
)

// Answer has the server answer by the address of a message, and by how many messages were sent to it, including this one.
// The stage AtSender comes before the address is known, which is empty there.
func (s *Server) Answer(answer func(to string, attempt int) Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

// Always is an answer for Answer.
func Always(answer Answer) func(string, int) Answer {
	return func(string, int) Answer { return answer }
}

// Attempts returns how many messages were sent to an address, also if the server did not take them.
func (s *Server) Attempts(to string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.attempts[to]
}

// Messages returns what the server has taken for an address.
func (s *Server) Messages(to string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.messages), func(m Message) bool { return m.To != to })
}

// WaitFor waits until the server has taken a number of messages for an address, and returns them.
func (s *Server) WaitFor(to string, n int) (all []Message) {
	s.t.Helper()
	eventually.True(s.t, "mail arrives for "+to, func() bool { all = s.Messages(to); return len(all) >= n })
	return all
}

// begin begins a session.
func (s *Server) begin(c *smtp.Conn) (smtp.Session, error) { return &session{server: s, conn: c}, nil }

// at applies the answer at a stage.
func (s *Server) at(stage Stage, c *smtp.Conn, to string, attempt int) error {
	s.mu.Lock()
	decide := s.answer
	s.mu.Unlock()
	var answer Answer
	if decide != nil {
		answer = decide(to, attempt)
	}
	switch {
	case answer.At != stage:
		return nil
	case answer.Hangs:
		<-s.hang
		return io.EOF
	case answer.Code == 0:
		_ = c.Conn().Close()
		return io.EOF
	}
	return &smtp.SMTPError{Code: answer.Code, EnhancedCode: smtp.EnhancedCode(answer.Enhanced), Message: "as the test says"}
}

// A session is one connection.
type session struct {
	server   *Server
	conn     *smtp.Conn
	signedIn bool
	from, to string
	utf8     bool
	attempt  int
}

// AuthMechanisms returns how to sign in.
func (s *session) AuthMechanisms() []string {
	if s.server.user == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth returns the server side of PLAIN.
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if s.signedIn = user == s.server.user && password == s.server.password; !s.signedIn {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

// Mail begins a message.
func (s *session) Mail(from string, options *smtp.MailOptions) error {
	if s.server.user != "" && !s.signedIn {
		return smtp.ErrAuthRequired
	}
	s.from, s.utf8 = from, options.UTF8
	return s.server.at(AtSender, s.conn, "", 0)
}

// Rcpt names the address.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mu.Lock()
	s.server.attempts[to]++
	s.to, s.attempt = to, s.server.attempts[to]
	s.server.mu.Unlock()
	return s.server.at(AtAddress, s.conn, s.to, s.attempt)
}

// Data receives the message.
func (s *session) Data(r io.Reader) error {
	if err := s.server.at(AtData, s.conn, s.to, s.attempt); err != nil {
		return err
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := read(s.from, s.to, raw)
	if err != nil {
		s.server.t.Errorf("the mail server can't read a message: %v\n%s", err, raw)
		return errors.New("it can't be read")
	}
	m.UTF8 = s.utf8
	s.server.mu.Lock()
	s.server.messages = append(s.server.messages, m)
	s.server.mu.Unlock()
	return s.server.at(AfterData, s.conn, s.to, s.attempt)
}

// Reset ends a message.
func (s *session) Reset() {}

// Logout ends a connection.
func (s *session) Logout() error { return nil }

// quiet drops what the library logs of broken connections, which the tests break.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}
