package smtp

import (
	"bufio"
	"crypto/tls"
	"net"
	"strings"
	"testing"
)

// A server whose answer does not end, at whatever step, costs neither the memory for it nor the time of a whole attempt.
func TestEndlessAnswers(t *testing.T) {
	t.Parallel()
	config, roots := certificate(t)
	for name, tc := range map[string]struct{ at, line string }{
		"the greeting":           {"", "220-more\r\n"},
		"the greeting over TLS":  {"", "220-more\r\n"},
		"the extensions":         {"EHLO", "250-more\r\n"},
		"the answer to a sender": {"MAIL", "250-more\r\n"},
		"a refusal":              {"RCPT", "550-5.1.1 more\r\n"},
		"one line":               {"EHLO", strings.Repeat("x", 1000)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = listener.Close() })
			sender := to(t, "smtp://"+listener.Addr().String())
			if name == "the greeting over TLS" {
				listener = tls.NewListener(listener, config)
				sender = to(t, "smtps://"+listener.Addr().String())
				sender.roots = roots
			}
			go talk(listener, tc.at, tc.line)
			want(t, name, send(t, sender, message("ada@example.com")), Outcome{Verdict: Retry, Reason: ReasonServer})
		})
	}
}

// talk accepts a connection as a mail server whose answer to a command does not end, or whose greeting if the command is empty.
func talk(listener net.Listener, command, line string) {
	conn, err := listener.Accept()
	if err != nil {
		return
	}
	defer conn.Close()
	answer := "220 localhost\r\n"
	for commands := bufio.NewScanner(conn); !strings.HasPrefix(commands.Text(), command); answer = "250 localhost\r\n" {
		if _, err := conn.Write([]byte(answer)); err != nil || !commands.Scan() {
			return
		}
	}
	for err == nil {
		_, err = conn.Write([]byte(line))
	}
}

// A message that the mail server answers with any 2xx, with a text or without, is not sent again. After another answer, nobody knows whether it was accepted.
func TestAnswersToAMessage(t *testing.T) {
	t.Parallel()
	for answer, outcome := range map[string]Outcome{
		"250 ok": {}, "250": {}, "250 ": {}, "251 forwarded": {}, "252": {}, "250-a\r\n250 b": {},
		"25": {Verdict: Retry, Reason: ReasonUnreachable}, "2500 ok": {Verdict: Retry, Reason: ReasonUnreachable},
		"354 more": {Verdict: Retry, Reason: ReasonUnreachable}, "452": {Verdict: Retry, Reason: ReasonUnreachable}, "452 full": {Verdict: Retry, Reason: ReasonDeferred},
	} {
		t.Run(answer, func(t *testing.T) {
			t.Parallel()
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = listener.Close() })
			go take(listener, answer)
			sender := to(t, "smtp://"+listener.Addr().String())
			want(t, answer, send(t, sender, message("ada@example.com")), outcome)
		})
	}
}

// take accepts a connection as a mail server that answers a message in a way of its own.
func take(listener net.Listener, answer string) {
	conn, err := listener.Accept()
	if err != nil {
		return
	}
	defer conn.Close()
	say, isMessage := "220 localhost", false
	for commands := bufio.NewScanner(conn); ; {
		if _, err := conn.Write([]byte(say + "\r\n")); err != nil || !commands.Scan() {
			return
		}
		for isMessage && commands.Text() != "." {
			commands.Scan()
		}
		switch {
		case isMessage:
			say, isMessage = answer, false
		case commands.Text() == "DATA":
			say, isMessage = "354 go ahead", true
		default:
			say = "250 localhost"
		}
	}
}
