package certificates_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"tandem/internal/eventually"
	"tandem/internal/servertest"
	"tandem/internal/tlstest"
)

// buildPebble builds the authority once, and returns its file.
var buildPebble = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "pebble")
	if err != nil {
		return "", err
	}
	file := filepath.Join(folder, "pebble")
	command := exec.Command("go", "build", "-buildvcs=false", "-o", file, "github.com/letsencrypt/pebble/v2/cmd/pebble")
	command.Dir = "pebble"
	command.Stderr = os.Stderr
	return file, command.Run()
})

// An authority is Pebble, which verifies hosts at the two forwarders.
type authority struct {
	at, management string
	files          tlstest.Files
	https, http    *forwarder
	log            servertest.LogBuffer
	validity       int // of its certificates, in seconds
}

// newAuthority returns an authority that has not started. Its addresses are known.
func newAuthority(t *testing.T) *authority {
	t.Helper()
	return &authority{
		at: servertest.FreeAddress(t), management: servertest.FreeAddress(t), files: tlstest.Make(t), https: startForwarder(t), http: startForwarder(t), validity: 90 * 24 * 3600,
	}
}

// start starts the authority, and waits until it answers.
func (a *authority) start(t *testing.T) *authority {
	t.Helper()
	file, err := buildPebble()
	if err != nil {
		t.Fatal(err)
	}
	config, err := json.Marshal(servertest.Object{"pebble": servertest.Object{
		"listenAddress": a.at, "managementListenAddress": a.management, "certificate": a.files.Certificate, "privateKey": a.files.Key,
		"httpPort": a.http.port(), "tlsPort": a.https.port(), "keyAlgorithm": "ecdsa",
		"retryAfter": servertest.Object{"authz": 1, "order": 1},
		"profiles":   servertest.Object{"default": servertest.Object{"description": "of the tests", "validityPeriod": a.validity}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	settings := filepath.Join(t.TempDir(), "pebble.json")
	if err := os.WriteFile(settings, config, 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), file, "-config", settings, "-dnsserver", startDNS(t))
	command.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1")
	command.Stdout, command.Stderr = &a.log, &a.log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
		if t.Failed() {
			t.Log(a.log.String())
		}
	})
	eventually.True(t, "Pebble answers", func() bool {
		answer, err := a.client(t).Get(a.directory())
		if err == nil {
			_ = answer.Body.Close()
		}
		return err == nil
	})
	return a
}

func (a *authority) directory() string { return "https://" + a.at + "/dir" }

// orders returns how many certificates were ordered.
func (a *authority) orders() int { return strings.Count(a.log.String(), "Added order") }

// roots returns the authorities by which clients verify its certificates.
func (a *authority) roots(t *testing.T) *x509.CertPool {
	t.Helper()
	answer, err := a.client(t).Get("https://" + a.management + "/roots/0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	encoded, err := io.ReadAll(answer.Body)
	pool := x509.NewCertPool()
	if err != nil || !pool.AppendCertsFromPEM(encoded) {
		t.Fatal("Pebble has no root", err)
	}
	return pool
}

// client returns a client of Pebble itself.
func (a *authority) client(t *testing.T) *http.Client {
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: a.files.Pool(t)}, DisableKeepAlives: true}
	return &http.Client{Transport: transport, Timeout: servertest.Patience}
}

func portOf(address string) int {
	_, port, _ := net.SplitHostPort(address)
	n, _ := strconv.Atoi(port)
	return n
}
