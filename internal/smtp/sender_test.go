package smtp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tandem/internal/circuit"
	"tandem/internal/eventually"
	"tandem/internal/smtptest"
)

// to returns a sender for the URL of a mail server.
func to(t *testing.T, url string) *Sender {
	t.Helper()
	server, err := ParseServer(url)
	if err != nil {
		t.Fatal(err)
	}
	sender, err := NewSender(server, "Tändem <tandem@crm.example>", slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return sender
}

// message returns one for an address.
func message(address string) Message {
	return Message{
		ID: "dig_1", To: address, Subject: "3 notifications", Text: "Grüße", HTML: "<p>Grüße</p>",
		Date: time.Date(2027, 3, 10, 8, 0, 0, 0, time.UTC), Unsubscribe: "https://crm.example/unsubscribe?t=1",
	}
}

// send sends a message, and returns the outcome.
func send(t *testing.T, s *Sender, m Message) Outcome {
	t.Helper()
	outcome, err := s.Send(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}

// want checks an outcome.
func want(t *testing.T, what string, got, want Outcome) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %+v, want %+v", what, got, want)
	}
}

func TestMessage(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	m := message("ada@example.com")
	m.Subject = "3 Grüße\r\nBcc: eve@example.com"
	m.HTML += strings.Repeat("x", 2000)
	want(t, "sent", send(t, to(t, server.URL()), m), Outcome{})
	got := server.Messages("ada@example.com")[0]
	for header, wanted := range map[string]string{
		"From": "=?utf-8?q?T=C3=A4ndem?= <tandem@crm.example>", "To": "<ada@example.com>", "Bcc": "", "Message-Id": "<dig_1@crm.example>",
		"Date": "Wed, 10 Mar 2027 08:00:00 +0000", "Auto-Submitted": "auto-generated", "Mime-Version": "1.0",
		"List-Unsubscribe": "<https://crm.example/unsubscribe?t=1>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "X-Mailer": "",
	} {
		if value := got.Header.Get(header); value != wanted {
			t.Errorf("%s is %q", header, value)
		}
	}
	if got.From != "tandem@crm.example" || got.Subject != m.Subject || got.Text != m.Text || got.HTML != m.HTML || strings.Join(got.Types, " ") != "text/plain text/html" {
		t.Errorf("got %+v", got)
	}
	for line := range strings.SplitSeq(got.Raw, "\r\n") {
		if len(line) > 998 {
			t.Errorf("a line has %d bytes", len(line))
		}
	}
}

// A URL that is not https can't be called with one click.
func TestUnsubscribeWithoutTLS(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	m := message("ada@example.com")
	m.Unsubscribe = "http://127.0.0.1:8080/unsubscribe?t=1"
	want(t, "sent", send(t, to(t, server.URL()), m), Outcome{})
	header := server.Messages("ada@example.com")[0].Header
	if header.Get("List-Unsubscribe") != "<http://127.0.0.1:8080/unsubscribe?t=1>" || header.Get("List-Unsubscribe-Post") != "" {
		t.Errorf("got %v", header)
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer smtptest.Answer
		want   Outcome
	}{
		"sender refused":       {smtptest.Answer{At: smtptest.AtSender, Code: 550, Enhanced: [3]int{5, 7, 1}}, Outcome{Verdict: Retry, Reason: ReasonServer}},
		"sender deferred":      {smtptest.Answer{At: smtptest.AtSender, Code: 451, Enhanced: [3]int{4, 3, 0}}, Outcome{Verdict: Retry, Reason: ReasonServer}},
		"no mailbox":           {smtptest.Answer{At: smtptest.AtAddress, Code: 550, Enhanced: [3]int{5, 1, 1}}, Outcome{Verdict: NoMailbox, Reason: ReasonNoMailbox}},
		"address refused":      {smtptest.Answer{At: smtptest.AtAddress, Code: 550, Enhanced: [3]int{5, 7, 1}}, Outcome{Verdict: Drop, Reason: ReasonRefused}},
		"address deferred":     {smtptest.Answer{At: smtptest.AtAddress, Code: 450, Enhanced: [3]int{4, 2, 0}}, Outcome{Verdict: Retry, Reason: ReasonDeferred}},
		"server shuts down":    {smtptest.Answer{At: smtptest.AtAddress, Code: 421, Enhanced: [3]int{4, 3, 2}}, Outcome{Verdict: Retry, Reason: ReasonServer}},
		"message refused":      {smtptest.Answer{At: smtptest.AtData, Code: 554, Enhanced: [3]int{5, 1, 1}}, Outcome{Verdict: Drop, Reason: ReasonRefused}},
		"message deferred":     {smtptest.Answer{At: smtptest.AtData, Code: 452, Enhanced: [3]int{4, 3, 1}}, Outcome{Verdict: Retry, Reason: ReasonDeferred}},
		"closes at the sender": {smtptest.Answer{At: smtptest.AtSender}, Outcome{Verdict: Retry, Reason: ReasonUnreachable}},
		"closes in the data":   {smtptest.Answer{At: smtptest.AtData}, Outcome{Verdict: Retry, Reason: ReasonUnreachable}},
		"closes after it":      {smtptest.Answer{At: smtptest.AfterData}, Outcome{Verdict: Retry, Reason: ReasonUnreachable}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := smtptest.Start(t)
			server.Answer(smtptest.Always(tc.answer))
			want(t, name, send(t, to(t, server.URL()), message("ada@example.com")), tc.want)
		})
	}
}

func TestNoServer(t *testing.T) {
	t.Parallel()
	// Port 1 is none that the system gives to a test.
	want(t, "no server", send(t, to(t, "smtp://127.0.0.1:1"), message("ada@example.com")), Outcome{Verdict: Retry, Reason: ReasonUnreachable})
}

// A server that hangs, at whatever step, holds nobody for longer than an attempt may take.
func TestHangingServer(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	urls := map[string]string{"the greeting": "smtp://" + silent.Addr().String(), "TLS": "smtps://" + silent.Addr().String()}
	for name, stage := range map[string]smtptest.Stage{"the sender": smtptest.AtSender, "the data": smtptest.AtData, "the answer": smtptest.AfterData} {
		server := smtptest.Start(t)
		server.Answer(smtptest.Always(smtptest.Answer{At: stage, Hangs: true}))
		urls[name] = server.URL()
	}
	for name, url := range urls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sender := to(t, url)
			sender.time = time.Second / 2
			want(t, name, send(t, sender, message("ada@example.com")), Outcome{Verdict: Retry, Reason: ReasonTimeout})
		})
	}
}

// A message that gets a connection too late for a whole attempt is not begun: the server might take it without being heard.
func TestTooLateForAnAttempt(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	sender := to(t, server.URL())
	sender.time = time.Second
	leave := fill(sender.lanes.quick)
	ctx, cancel := context.WithTimeout(t.Context(), sender.time+time.Second/10)
	defer cancel()
	deadline, _ := ctx.Deadline()
	late := make(chan Outcome, 1)
	go func() {
		outcome, err := sender.Send(ctx, message("late@example.com"))
		if err != nil {
			t.Error(err)
		}
		late <- outcome
	}()
	eventually.True(t, "too little time is left for an attempt", func() bool { return time.Until(deadline) < sender.time })
	leave()
	want(t, "late", <-late, Outcome{Verdict: Wait, Reason: ReasonBusy})
	if server.Attempts("late@example.com") > 0 {
		t.Error("an attempt was made")
	}
}

// An instance that stops does not wait for the server, and does not count that as its failure.
func TestCancelled(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	ctx, cancel := context.WithCancel(t.Context())
	server.Answer(func(string, int) smtptest.Answer {
		cancel()
		return smtptest.Answer{At: smtptest.AtSender, Hangs: true}
	})
	if outcome, err := to(t, server.URL()).Send(ctx, message("ada@example.com")); err != context.Canceled {
		t.Errorf("got %+v, %v", outcome, err)
	}
}

// A server that fails again and again is left alone, and one that refuses single messages is not.
func TestCircuit(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	sender := to(t, server.URL())
	server.Answer(smtptest.Always(smtptest.Answer{At: smtptest.AtAddress, Code: 550, Enhanced: [3]int{5, 7, 1}}))
	for range 10 {
		want(t, "refused", send(t, sender, message("ada@example.com")), Outcome{Verdict: Drop, Reason: ReasonRefused})
	}
	server.Answer(smtptest.Always(smtptest.Answer{At: smtptest.AtSender, Code: 451, Enhanced: [3]int{4, 3, 0}}))
	for range 5 {
		want(t, "failing", send(t, sender, message("ada@example.com")), Outcome{Verdict: Retry, Reason: ReasonServer})
	}
	want(t, "left alone", send(t, sender, message("ada@example.com")), Outcome{Verdict: Wait, Reason: ReasonOpen, After: circuit.LeaveAlone})
}

// certificate returns the settings of a server with TLS on this machine, and who trusts it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return &tls.Config{Certificates: server.TLS.Certificates, MinVersion: tls.VersionTLS12}, roots
}

func TestTLS(t *testing.T) {
	t.Parallel()
	config, roots := certificate(t)
	user := smtptest.WithUser("ada", "secret")
	plain, starts, implicit := smtptest.Start(t, user), smtptest.Start(t, user, smtptest.WithSTARTTLS(config)), smtptest.StartTLS(t, config)
	_, port, err := net.SplitHostPort(plain.Address)
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		url  string
		want Outcome
	}{
		"STARTTLS":                              {"smtp://ada:secret@" + starts.Address, Outcome{}},
		"from the first byte":                   {"smtps://" + implicit.Address, Outcome{}},
		"credentials on this machine":           {"smtp://ada:secret@" + plain.Address, Outcome{}},
		"a wrong password":                      {"smtp://ada:wrong@" + plain.Address, Outcome{Verdict: Retry, Reason: ReasonServer}},
		"no credentials":                        {"smtp://" + plain.Address, Outcome{Verdict: Retry, Reason: ReasonServer}},
		"TLS to a server without":               {"smtps://" + plain.Address, Outcome{Verdict: Retry, Reason: ReasonUnreachable}},
		"credentials elsewhere, and no TLS":     {"smtp://ada:secret@LOCALHOST:" + port, Outcome{Verdict: Retry, Reason: ReasonUnreachable}}, // as any name but localhost
		"a certificate that nobody vouches for": {"smtps://" + implicit.Address, Outcome{Verdict: Retry, Reason: ReasonUnreachable}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sender := to(t, tc.url)
			if name != "a certificate that nobody vouches for" {
				sender.roots = roots
			}
			want(t, name, send(t, sender, message("ada@example.com")), tc.want)
		})
	}
}

func TestSenderIsAnAddress(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"", "tandem", "Tandem <>", "a@x.example, b@x.example", "a@x.example\r\nBcc: b@x.example"} {
		if _, err := NewSender(&Server{}, from, nil); err == nil {
			t.Errorf("%q is accepted", from)
		}
	}
}
