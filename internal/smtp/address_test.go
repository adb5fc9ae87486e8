package smtp

import (
	"bufio"
	"bytes"
	"log/slog"
	"net"
	"strings"
	"testing"

	"tandem/internal/smtptest"
)

// Domains go out in ASCII, and letters outside ASCII before the @ only to a server that takes them.
func TestAddressesOutsideASCII(t *testing.T) {
	t.Parallel()
	withUTF8, without := smtptest.Start(t), smtptest.Start(t, smtptest.WithoutSMTPUTF8())
	for _, tc := range []struct {
		server   *smtptest.Server
		to, told string
		utf8     bool
	}{
		{withUTF8, "ada@example.com", "ada@example.com", false},
		{withUTF8, "ada@bücher.example", "ada@xn--bcher-kva.example", false},
		{without, "ada@BÜCHER.example", "ada@xn--bcher-kva.example", false},
		{withUTF8, "jürgen@bücher.example", "jürgen@xn--bcher-kva.example", true},
		{withUTF8, "用户@例え.example", "用户@xn--r8jz45g.example", true},
	} {
		want(t, tc.to, send(t, to(t, tc.server.URL()), message(tc.to)), Outcome{})
		got := tc.server.WaitFor(tc.told, 1)
		last := got[len(got)-1]
		if last.UTF8 != tc.utf8 || last.Header.Get("To") != "<"+tc.told+">" {
			t.Errorf("%s: SMTPUTF8 is %t, and To is %s", tc.to, last.UTF8, last.Header.Get("To"))
		}
	}
	want(t, "without SMTPUTF8", send(t, to(t, without.URL()), message("jürgen@example.com")), Outcome{Verdict: Drop, Reason: ReasonNoUTF8})
	want(t, "no such domain", send(t, to(t, withUTF8.URL()), message("ada@ex ämple.com")), Outcome{Verdict: NoMailbox, Reason: ReasonNoMailbox})
	if without.Attempts("jürgen@example.com") > 0 {
		t.Error("the server was told an address that it can't read")
	}
}

// A sender has an address that every mail server takes.
func TestSenderOutsideASCII(t *testing.T) {
	t.Parallel()
	sender, err := NewSender(&Server{}, "Tändem <tandem@bücher.example>", nil)
	if err != nil || sender.from.Address != "tandem@xn--bcher-kva.example" {
		t.Errorf("got %v, %v", sender, err)
	}
	if _, err := NewSender(&Server{}, "tändem@crm.example", nil); err == nil {
		t.Error("an address that needs SMTPUTF8 is accepted")
	}
}

// Many servers name the code of a missing mailbox without offering ENHANCEDSTATUSCODES. A plain 550 may be about the sender.
func TestCodesThatAreNotOffered(t *testing.T) {
	t.Parallel()
	for refusal, wanted := range map[string]Outcome{
		"550 5.1.1 no such user":             {Verdict: NoMailbox, Reason: ReasonNoMailbox},
		"550 no such user":                   {Verdict: Drop, Reason: ReasonRefused},
		"550 5.7.1 not from you":             {Verdict: Drop, Reason: ReasonRefused},
		"550 ask 192.5.1.1 about 5.1.1, ada": {Verdict: Drop, Reason: ReasonRefused},
	} {
		want(t, refusal, send(t, to(t, "smtp://"+plainServer(t, refusal)), message("ada@example.com")), wanted)
	}
}

// plainServer returns the address of a mail server without extensions that refuses every recipient.
func plainServer(t *testing.T, refusal string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = conn.Write([]byte("220 localhost\r\n"))
		for lines := bufio.NewScanner(conn); lines.Scan(); {
			answer := "250 localhost"
			if strings.HasPrefix(lines.Text(), "RCPT") {
				answer = refusal
			}
			_, _ = conn.Write([]byte(answer + "\r\n"))
		}
	}()
	return listener.Addr().String()
}

// The log tells when the mail server fails, and not when it does not want one person's message.
func TestLogOfFailures(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	sender := to(t, server.URL())
	var log bytes.Buffer
	sender.log = slog.New(slog.NewTextHandler(&log, nil))
	count := func(text string) int { return strings.Count(log.String(), text) }
	for _, answer := range []smtptest.Answer{
		{At: smtptest.AtAddress, Code: 550, Enhanced: [3]int{5, 1, 1}}, {At: smtptest.AtAddress, Code: 421, Enhanced: [3]int{4, 7, 0}},
		{At: smtptest.AtAddress}, {At: smtptest.AtData, Code: 554, Enhanced: [3]int{5, 7, 1}}, {At: smtptest.AtData},
	} {
		server.Answer(smtptest.Always(answer))
		send(t, sender, message("eve@example.com"))
		server.Answer(nil)
		want(t, "another person's", send(t, sender, message("ada@example.com")), Outcome{})
	}
	if log.Len() > 0 {
		t.Errorf("the failures of one person's messages are logged: %s", &log)
	}
	server.Answer(smtptest.Always(smtptest.Answer{At: smtptest.AtSender, Code: 451, Enhanced: [3]int{4, 3, 0}}))
	for range 2 {
		send(t, sender, message("ada@example.com"))
	}
	server.Answer(nil)
	for range 2 {
		send(t, sender, message("ada@example.com"))
	}
	if count("takes no messages") != 1 || count("takes messages again") != 1 {
		t.Errorf("got %s", &log)
	}
	server.Answer(smtptest.Always(smtptest.Answer{At: smtptest.AtData}))
	for _, person := range []string{"a", "b", "c", "d", "e", "ada"} { // the last of them is not tried
		send(t, sender, of(person))
	}
	if count("takes no messages") != 2 || count("circuit_open") != 1 {
		t.Errorf("a server that breaks every message is not logged: %s", &log)
	}
}
