package smtp

import (
	"strings"
	"testing"
)

func TestParseServer(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Server{
		"smtp://mail.example":                {host: "mail.example", port: 587},
		"smtp://localhost:25/":               {host: "localhost", port: 25},
		"smtps://ada:p%40ss@mail.example":    {host: "mail.example", port: 465, usesTLS: true, user: "ada", password: "p@ss"},
		"smtp://ada%40x:secret@[::1]:1025":   {host: "::1", port: 1025, user: "ada@x", password: "secret"},
		"smtp://ada:secret@mail.example:587": {host: "mail.example", port: 587, user: "ada", password: "secret"},
	} {
		if got, err := ParseServer(text); err != nil || *got != want {
			t.Errorf("%s: got %+v (%v)", text, got, err)
		}
	}
	for _, text := range []string{
		"", "mail.example:25", "http://mail.example", "smtp://", "smtp://mail.example/inbox", "smtp://mail.example?tls=no", "smtp://mail.example:0",
		"smtp://ada@mail.example", "smtp://:secret@mail.example", "smtp://ada:secret#1@mail.example", "smtp://ada:secret%zz@mail.example",
	} {
		if _, err := ParseServer(text); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

func TestCredentialsNeedTLS(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"smtp://mail.example": false, "smtp://a:b@mail.example": true, "smtp://a:b@10.0.0.1": true,
		"smtp://a:b@localhost": false, "smtp://a:b@127.0.0.1": false, "smtp://a:b@[::1]": false,
	} {
		if server, err := ParseServer(text); err != nil || server.needsTLS() != want {
			t.Errorf("%s: got %t (%v)", text, server.needsTLS(), err)
		}
	}
}
