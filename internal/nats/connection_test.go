package nats_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nkeys"

	"tandem/internal/diagnosis"
	"tandem/internal/eventually"
	"tandem/internal/nats"
	"tandem/internal/natstest"
	"tandem/internal/tlstest"
)

// A NATS that is not there is logged, without the password.
func TestOpenWithoutNATS(t *testing.T) {
	t.Parallel()
	var logged strings.Builder
	settings := nats.Settings{URL: "nats://tandem:hunter2@127.0.0.1:1", Subject: "tandem"}
	connection, err := nats.Open(t.Context(), settings, slog.New(slog.NewTextHandler(&logged, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if said := logged.String(); !strings.Contains(said, "NATS does not answer; the instance starts without it") || strings.Contains(said, "hunter2") {
		t.Errorf("it logged %q", said)
	}
}

// Every error says what to do, in one sentence and without the password.
func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	server := natstest.Start(t, "authorization: {user: tandem, password: secret}")
	user := func(user string) string { return strings.Replace(server.URL(), "//", "//"+user+"@", 1) }
	for _, test := range []struct{ name, url, want string }{
		{"nothing", "", "NATS_URL must begin with nats://"},
		{"no scheme", "localhost:4222", "NATS_URL must begin with nats://"},
		{"no host", "nats://", "NATS_URL must list servers like"},
		{"a path", "nats://localhost/hunter2", "NATS_URL must list servers like"},
		{"a password with a #", "nats://tandem:hunter2#@localhost", "NATS_URL must list servers like"},
		{"a password with a %", "nats://tandem:%hunter2@localhost", "NATS_URL must list servers like"},
		{"a list that ends with a comma", "nats://localhost,", "NATS_URL must begin with nats://"},
		{"no user", server.URL(), "refuses the credentials of NATS_URL or NATS_CREDENTIALS"},
		{"a wrong password", user("tandem:hunter2"), "refuses the credentials of NATS_URL or NATS_CREDENTIALS"},
		{"a token", user("hunter2"), "refuses the credentials of NATS_URL or NATS_CREDENTIALS"},
		{"TLS", strings.Replace(user("tandem:hunter2"), "nats:", "tls:", 1), "speaks no TLS; configure its certificate"},
	} {
		settings := nats.Settings{URL: test.url, Subject: "tandem"}
		_, err := nats.Open(t.Context(), settings, slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want %q in it", test.name, err, test.want)
		}
		wantFinding(t, settings, diagnosis.Failed, test.want)
	}
	hear(t, newBus(t, user("tandem:secret")), listen(t, newBus(t, user("tandem:secret")), "user"), "user")
	wantFinding(t, nats.Settings{URL: user("tandem:secret"), Subject: "tandem"}, diagnosis.OK, "the user may announce and listen")
}

// Credentials that are refused later, as after a change of the server, are used again once they are accepted.
func TestCredentialsAreTriedAgain(t *testing.T) {
	t.Parallel()
	accepting := "authorization: {token: secret}"
	server := natstest.Start(t, accepting)
	url := strings.Replace(server.URL(), "//", "//secret@", 1)
	a, b := newBus(t, url), newBus(t, url)
	heard := listen(t, b, "token")
	hear(t, a, heard, "token")
	server.Kill()
	server.Configure("authorization: {token: another}")
	server.Start()
	eventually.True(t, "the refusal is named", func() bool {
		err := a.Ping(t.Context())
		return err != nil && strings.Contains(err.Error(), "Authorization Violation")
	})
	server.Kill()
	server.Configure(accepting)
	server.Start()
	hear(t, a, heard, "token")
}

// A server of the list inherits the user of the first one.
func TestServersShareUser(t *testing.T) {
	t.Parallel()
	server := natstest.Start(t, "authorization: {user: tandem, password: secret}")
	settings := nats.Settings{URL: "nats://tandem:secret@127.0.0.1:1, " + server.URL(), Subject: "tandem"}
	if !connect(t, settings).IsConnected() {
		t.Error("the second server is not used")
	}
}

// An nkey is the seed of a file, which never leaves the instance.
func TestNkey(t *testing.T) {
	t.Parallel()
	pair, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	seed, err := pair.Seed()
	if err != nil {
		t.Fatal(err)
	}
	public, err := pair.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	server := natstest.Start(t, "authorization: {users: [{nkey: "+public+"}]}")
	settings := nats.Settings{URL: server.URL(), Subject: "tandem", Credentials: filepath.Join(t.TempDir(), "seed.nk")}
	if err := os.WriteFile(settings.Credentials, seed, 0o600); err != nil {
		t.Fatal(err)
	}
	wantFinding(t, settings, diagnosis.OK, "the user may announce and listen")
	other, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	if seed, err = other.Seed(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(settings.Credentials, seed, 0o600); err != nil {
		t.Fatal(err)
	}
	wantFinding(t, settings, diagnosis.Failed, "refuses the credentials of NATS_URL or NATS_CREDENTIALS")
}

func TestTLS(t *testing.T) {
	files, other := tlstest.Make(t), tlstest.Make(t)
	t.Setenv("SSL_CERT_FILE", files.Certificate)
	configuration := func(files tlstest.Files) string {
		return "tls: {cert_file: '" + files.Certificate + "', key_file: '" + files.Key + "'}"
	}
	server, unknown := natstest.Start(t, configuration(files)), natstest.Start(t, configuration(other))
	overTLS := func(s *natstest.Server) string { return strings.Replace(s.URL(), "nats:", "tls:", 1) }
	a, b := newBus(t, overTLS(server)), newBus(t, overTLS(server))
	hear(t, a, listen(t, b, "tls"), "tls")
	wantFinding(t, nats.Settings{URL: overTLS(server), Subject: "tandem"}, diagnosis.OK, "the user may announce and listen")
	wantFinding(t, nats.Settings{URL: overTLS(unknown), Subject: "tandem"}, diagnosis.Failed, "certificate signed by unknown authority")
}

func TestDiagnose(t *testing.T) {
	t.Parallel()
	small := natstest.Start(t, "")
	wantFinding(t, nats.Settings{URL: small.URL(), Subject: "tandem"}, diagnosis.Warning, "NATS accepts messages of 1048576 bytes at most")
	wantFinding(t, nats.Settings{URL: "nats://127.0.0.1:1", Subject: "tandem"}, diagnosis.Failed, "no NATS answers at 127.0.0.1:1")
	limited := natstest.Start(t, `max_payload: 4MB, authorization: {users: [{user: a, password: b, permissions: {publish: "other.>", subscribe: "other.>"}}]}`)
	settings := nats.Settings{URL: strings.Replace(limited.URL(), "//", "//a:b@", 1), Subject: "tandem"}
	wantFinding(t, settings, diagnosis.Failed, "let it publish and subscribe to tandem.>")
	settings.Subject = "other"
	if report := nats.Diagnose(t.Context(), settings); report.Worst() != diagnosis.OK {
		t.Errorf("got %v", report)
	}
}

func wantFinding(t *testing.T, settings nats.Settings, level diagnosis.Level, want string) {
	t.Helper()
	report := nats.Diagnose(t.Context(), settings)
	for _, finding := range report {
		if finding.Level == level && strings.Contains(finding.Text, want) && !strings.Contains(finding.Text, "hunter2") {
			return
		}
	}
	t.Errorf("%q is not in %v", want, report)
}
