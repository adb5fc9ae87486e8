package server

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tandem/internal/config"
	"tandem/internal/httpd"
)

// The summary at start tells the databases apart, and shows no password and no secret.
func TestSummary(t *testing.T) {
	t.Parallel()
	kept := filepath.Join(t.TempDir(), "kept.db")
	if err := os.WriteFile(kept, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		settings map[string]string
		row      string
		want     string
	}{
		"default database":    {nil, "database", "SQLite, tandem-data/tandem.db (new)"},
		"SQLite by default":   {map[string]string{"DATABASE_URL": "sqlite:"}, "database", "SQLite, tandem-data/tandem.db (new)"},
		"new SQLite":          {map[string]string{"DATABASE_URL": "sqlite:/nowhere/x.db"}, "database", "SQLite, /nowhere/x.db (new)"},
		"SQLite":              {map[string]string{"DATABASE_URL": "sqlite:" + kept}, "database", "SQLite, " + kept},
		"Postgres":            {map[string]string{"DATABASE_URL": "postgres://me:pass@db.example:5432/x?sslmode=require"}, "database", "Postgres, db.example:5432/x"},
		"unreadable Postgres": {map[string]string{"DATABASE_URL": "postgres://me:p%ass@db/x"}, "database", "Postgres"},
		"Redis":               {map[string]string{"DATABASE_URL": "postgres://db/x", "REDIS_URL": "rediss://:pass@cache.example:6379/2"}, "redis", "Redis, cache.example:6379/2"},
		"NATS":                {map[string]string{"DATABASE_URL": "postgres://db/x", "NATS_URL": "tls://me:pass@nats-1.example:4222, tls://nats-2.example"}, "nats", "NATS, nats-1.example:4222, nats-2.example"},
		"NATS without Redis":  {map[string]string{"DATABASE_URL": "postgres://db/x", "NATS_URL": "nats://pass@bus.example"}, "redis", "none: other instances on this database see no presence"},
		"no Redis":            {nil, "redis", "none: this has to be the only instance"},
		"Postgres alone":      {map[string]string{"DATABASE_URL": "postgres://db/x"}, "redis", "none: other instances on this database see changes late, and no presence"},
		"secrets":             {map[string]string{"AUTH_SECRET": "pass1,pass2"}, "sign-in", "tokens and session cookies by AUTH_SECRET (2)"},
		"keys":                {map[string]string{"AUTH_JWKS_URL": "https://idp.example/keys?key=pass"}, "sign-in", "tokens by the keys at idp.example/keys"},
		"demo":                {nil, "sign-in", "demo people"},
	} {
		s, err := config.Read(tc.settings)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, row := range summarize(s) {
			got[row.name] = row.value
			if strings.Contains(row.value, "pass") {
				t.Errorf("%s: %s shows a secret: %s", name, row.name, row.value)
			}
		}
		if got[tc.row] != tc.want {
			t.Errorf("%s: got %q, want %q", name, got[tc.row], tc.want)
		}
	}
}

// The address that is printed can be opened, also where the server listens on every address.
func TestPrintedAddress(t *testing.T) {
	t.Parallel()
	for listening, want := range map[string]string{
		"127.0.0.1:8080": "127.0.0.1:8080", "0.0.0.0:19003": "localhost:19003", "[::]:19003": "localhost:19003", "[::1]:80": "[::1]:80",
	} {
		at, err := net.ResolveTCPAddr("tcp", listening)
		if err != nil {
			t.Fatal(err)
		}
		if got := openAddress(at); got != want {
			t.Errorf("%s: got %s, want %s", listening, got, want)
		}
	}
}

// The text at start agrees with the settings about the playground, introspection and a first request.
func TestGreeting(t *testing.T) {
	t.Parallel()
	const (
		off, offers = "are off: PLAYGROUND=true and INTROSPECTION=true", "/playground"
		query       = "curl http://127.0.0.1:8080/graphql"
		prints      = "tandem token --sub ada --org acme prints a token"
	)
	people := []httpd.Person{{ID: "ada", Name: "Ada", Role: "ADMIN", Token: "abc"}}
	for name, tc := range map[string]struct {
		settings    map[string]string
		people      []httpd.Person
		says, omits []string
	}{
		"both off":             {map[string]string{"AUTH_SECRET": "a"}, nil, []string{off, prints}, []string{offers, "Introspection is"}},
		"introspection on":     {map[string]string{"AUTH_SECRET": "a", "INTROSPECTION": "true"}, nil, []string{"The playground is off: PLAYGROUND=true", "Introspection is on."}, []string{off, offers}},
		"playground on":        {map[string]string{"AUTH_SECRET": "a", "PLAYGROUND": "true"}, nil, []string{"The playground is at http://127.0.0.1:8080/playground.", "Introspection is off: INTROSPECTION=true"}, []string{off}},
		"both on":              {map[string]string{"AUTH_SECRET": "a", "PLAYGROUND": "true", "INTROSPECTION": "true"}, nil, []string{offers, "Introspection is on."}, []string{"off"}},
		"keys of a provider":   {map[string]string{"AUTH_JWKS_URL": "https://idp.example/keys"}, nil, []string{off}, []string{prints}},
		"demo":                 {nil, people, []string{offers, query}, []string{"off"}},
		"demo, no playground":  {map[string]string{"PLAYGROUND": "false"}, people, []string{query}, []string{offers}},
		"demo, documents only": {map[string]string{"PERSISTED_DOCUMENTS": "documents.json"}, people, []string{offers}, []string{query}},
	} {
		s, err := config.Read(tc.settings)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		(&Server{settings: s}).greet(&out, nil, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}, tc.people)
		for _, text := range tc.says {
			if !strings.Contains(out.String(), text) {
				t.Errorf("%s: %q is missing in:\n%s", name, text, &out)
			}
		}
		for _, text := range tc.omits {
			if strings.Contains(out.String(), text) {
				t.Errorf("%s: %q is in:\n%s", name, text, &out)
			}
		}
	}
}
