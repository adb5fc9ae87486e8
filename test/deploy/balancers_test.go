package deploy_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tandem/internal/eventually"
	"tandem/internal/servertest"
	"tandem/internal/tlstest"
)

// silence is how long the balancers of these tests let a silent connection live, in the place of the minute of deploy/. The server
// sends a message every 15 s.
const silence = 20 * time.Second

func startNginx(t *testing.T, instances []string) string {
	t.Helper()
	address := servertest.FreeAddress(t)
	site := configure(t, "nginx.conf", "listen 80;", "listen "+address+";", "60s", silence.String(), "tandem-1:8080", instances[0], "tandem-2:8080", instances[1])
	folder := t.TempDir()
	main := filepath.Join(folder, "main.conf")
	writeFile(t, main, `daemon off;
pid nginx.pid;
error_log stderr crit;
events {}
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include `+site+`;
}
`)
	run(t, "http://"+address, "nginx", "-p", folder, "-e", "stderr", "-c", main)
	return "http://" + address
}

func startHAProxy(t *testing.T, instances []string) string {
	t.Helper()
	address := servertest.FreeAddress(t)
	runHAProxy(t, "http://"+address, address, instances)
	return "http://" + address
}

// startHAProxyOverTLS has HAProxy listen as the file says for TLS. The default client of the process trusts its certificate.
func startHAProxyOverTLS(t *testing.T, instances []string) string {
	t.Helper()
	address, files := servertest.FreeAddress(t), tlstest.Make(t)
	transport := http.DefaultTransport.(*http.Transport)
	before := transport.TLSClientConfig
	transport.TLSClientConfig = &tls.Config{RootCAs: files.Pool(t)}
	t.Cleanup(func() { transport.TLSClientConfig = before })
	var both []byte
	for _, name := range []string{files.Certificate, files.Key} {
		part, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		both = append(both, part...)
	}
	pem := filepath.Join(t.TempDir(), "tandem.pem")
	writeFile(t, pem, string(both))
	runHAProxy(t, "https://"+address, address+" ssl crt "+pem+" alpn h2,http/1.1", instances)
	return "https://" + address
}

func runHAProxy(t *testing.T, url, bind string, instances []string) {
	t.Helper()
	file := configure(t, "haproxy.cfg", "bind :80", "bind "+bind, "60s", silence.String(), "tandem-1:8080", instances[0], "tandem-2:8080", instances[1])
	run(t, url, "haproxy", "-db", "-f", file)
}

// configure makes a file of deploy/ that differs by pairs of old and new texts, each of which the file has.
func configure(t *testing.T, name string, pairs ...string) string {
	t.Helper()
	read, err := os.ReadFile(filepath.Join("../../deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	text := string(read)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("deploy/%s has no %q", name, pairs[i])
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	file := filepath.Join(t.TempDir(), filepath.Base(name))
	writeFile(t, file, text)
	return file
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run starts a balancer, waits until it passes requests on, and ends it with the test.
func run(t *testing.T, url, program string, args ...string) {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		path = filepath.Join("/usr/sbin", program) // which Debian leaves out of the PATH of users
	}
	ctx, end := context.WithCancel(context.Background())
	var said bytes.Buffer
	process := exec.CommandContext(ctx, path, args...)
	process.Stdout, process.Stderr = &said, &said
	process.Cancel = func() error { return process.Process.Signal(syscall.SIGTERM) }
	process.WaitDelay = 10 * time.Second
	if err := process.Start(); err != nil {
		t.Fatalf("%v; make test installs %s", err, program)
	}
	t.Cleanup(func() {
		end()
		_ = process.Wait() // its end was asked for
		if t.Failed() {
			t.Logf("%s: %s", program, said.String())
		}
	})
	eventually.True(t, program+" passes requests on", func() bool {
		answer, err := http.Get(url + "/readyz")
		if err != nil {
			return false
		}
		_ = answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
}
