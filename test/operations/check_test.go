package operations_test

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"tandem/internal/servertest"
	"tandem/internal/tlstest"
)

// wantCheck runs tandem check, and expects its status and texts in what it prints.
func wantCheck(t *testing.T, settings map[string]string, arguments string, status int, texts ...string) {
	t.Helper()
	out, errs, got := servertest.Tandem(t, settings, "check "+arguments)
	if got != status || (errs == "") != (status == 0) {
		t.Errorf("it ended with %d, want %d: %s%s", got, status, out, errs)
	}
	for _, text := range texts {
		if !strings.Contains(out, text) {
			t.Errorf("it does not say %q: %s", text, out)
		}
	}
	if strings.Contains(out, "PASSWORD") {
		t.Errorf("it shows a password: %s", out)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	settings := servertest.Shared(t)
	settings["AUTH_SECRET"] = servertest.Secret
	wantCheck(t, settings, "", 0, "ok       settings  all of them can be used", "ok       database  Postgres", "ok       Redis     Redis",
		"migrations are due; the next start applies them")
	servertest.Start(t, settings)
	wantCheck(t, settings, "", 0, "ok       database  the tables are up to date")
	settings["REDIS_URL"] = "redis://:PASSWORD@127.0.0.1:1"
	wantCheck(t, settings, "", 1, "FAILED   Redis     no Redis answers at 127.0.0.1:1; start it")
	settings["DATABASE_URL"] = "postgres://me:PASSWORD@127.0.0.1:1/crm"
	wantCheck(t, settings, "", 1, "FAILED   database  no Postgres answers at 127.0.0.1:1; start it", "FAILED   Redis")
	for setting, sentence := range map[string]string{
		"RETENTION=30d": "RETENTION must be a whole number", "SMTP_URL=imap://x": "SMTP_URL can't be used", "PUSH_HOSTS=http://x": "PUSH_HOSTS must list hosts",
		"PERSISTED_DOCUMENTS=/dev/null/list.json": "PERSISTED_DOCUMENTS", "VAPID_PUBLIC_KEY=abc": "VAPID_PUBLIC_KEY", "LOG_LEVEL=loud": "LOG_LEVEL",
	} {
		name, value, _ := strings.Cut(setting, "=")
		wrong := map[string]string{"AUTH_SECRET": servertest.Secret, "MAIL_FROM": "tandem@crm.example", "PUBLIC_URL": "https://crm.example", name: value}
		wantCheck(t, wrong, "", 1, "FAILED   settings  ", sentence)
	}
	wantCheck(t, map[string]string{"DATABSE_URL": "x", "AUTH_SECRET": servertest.Secret}, "", 0, "warning  settings  DATABSE_URL has no effect", "ok       database  SQLite in the folder tandem-data")
}

func TestCheckSQLite(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "tandem.db")
	settings := map[string]string{"AUTH_SECRET": servertest.Secret, "DATABASE_URL": "sqlite:" + file}
	wantCheck(t, settings, "", 0, "there is no file at "+file+" yet")
	servertest.Start(t, settings)
	wantCheck(t, settings, "", 0, "the tables are up to date")
	wantCheck(t, map[string]string{"AUTH_SECRET": servertest.Secret, "MIGRATE": "off"}, "", 1, "there is no file at tandem-data/tandem.db, and MIGRATE is off")
	settings["DATABASE_URL"] = "sqlite:/dev/null/tandem.db"
	wantCheck(t, settings, "", 1, "FAILED   database  the folder of /dev/null/tandem.db can't be written to")
}

// The check of --url says what a proxy before the instances does wrong.
func TestCheckProxies(t *testing.T) {
	t.Parallel()
	settings := servertest.Embedded(t)
	settings["AUTH_SECRET"] = servertest.Secret
	at := servertest.Start(t, settings)
	wantCheck(t, settings, "--url "+at.URL, 0, "ok       proxies   an instance of version", "there is no proxy", "WebSockets pass", "event streams pass")
	for name, tc := range map[string]struct {
		rewrite func(*httputil.ProxyRequest)
		wrap    func(http.Handler) http.Handler
		status  int
		text    string
	}{
		"as it should be": {withHeaders, nil, 0, "ok       proxies   X-Forwarded-For arrives (127.0.0.1)"},
		"other host":      {func(r *httputil.ProxyRequest) { r.SetXForwarded() }, nil, 1, "FAILED   proxies   the Host header arrives as"},
		"no upgrades":     {func(r *httputil.ProxyRequest) { withHeaders(r); r.Out.Header.Del("Upgrade") }, nil, 1, "FAILED   proxies   WebSockets arrive without their Upgrade header"},
		"buffers":         {withHeaders, buffers, 1, "FAILED   proxies   the events of a stream arrive late and together"},
		"redirects":       {withHeaders, redirects, 1, "redirects to https://elsewhere.example/diagnosis"},
		"some paths only": {withHeaders, onlyGraphQL, 1, "no instance on this database does; the proxy has to pass all paths"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proxy := proxyTo(t, at.URL, tc.rewrite, tc.wrap)
			wantCheck(t, settings, "--url "+proxy, tc.status, tc.text)
		})
	}
	wantCheck(t, settings, "--url "+proxyTo(t, at.URL, onlyHost, nil), 0, "warning  proxies   requests arrive from the proxy at 127.0.0.1 without X-Forwarded-For, so clients are not limited by address")
	wantCheck(t, settings, "--url http://127.0.0.1:1", 1, "FAILED   proxies   nothing answers at http://127.0.0.1:1")
	other := servertest.Embedded(t)
	other["AUTH_SECRET"] = servertest.Secret
	servertest.Start(t, other)
	wantCheck(t, other, "--url "+at.URL, 1, "no instance on this database does")
	if status, _ := servertest.Get(t, at.URL+"/diagnosis"); status != http.StatusNotFound {
		t.Errorf("without a proof, /diagnosis answers %d", status)
	}
}

// Instances that trust no proxy are told about the one before them, which is on the same machine.
func TestCheckUntrustedProxy(t *testing.T) {
	t.Parallel()
	settings := checked(t, map[string]string{"TRUSTED_PROXIES": "none"})
	at := servertest.Start(t, settings)
	wantCheck(t, settings, "--url "+at.URL, 0, "ok       proxies   there is no proxy")
	wantCheck(t, settings, "--url "+proxyTo(t, at.URL, onlyHost, nil), 0, "warning  proxies   requests arrive from 127.0.0.1 without X-Forwarded-For; if a proxy is there, all clients behind it share one limit")
	wantCheck(t, settings, "--url "+proxyTo(t, at.URL, withHeaders, nil), 0, "warning  proxies   the proxy at 127.0.0.1 is not among TRUSTED_PROXIES")
}

// A proxy with TLS has to say so.
func TestCheckProxyWithTLS(t *testing.T) {
	t.Parallel()
	files := tlstest.Make(t)
	settings := checked(t, nil)
	at := servertest.Start(t, settings)
	settings["SSL_CERT_FILE"] = files.Certificate
	const warning = "warning  proxies   X-Forwarded-Proto does not say https"
	wantCheck(t, settings, "--url "+proxyWithTLS(t, files, at.URL, onlyHost), 0, warning)
	out, _, _ := servertest.Tandem(t, settings, "check --url "+proxyWithTLS(t, files, at.URL, withHeaders))
	if strings.Contains(out, warning) || !strings.Contains(out, "WebSockets pass") {
		t.Errorf("of a proxy that says https: %s", out)
	}
}

func proxyWithTLS(t *testing.T, files tlstest.Files, instance string, rewrite func(*httputil.ProxyRequest)) string {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(files.Certificate, files.Key)
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(instance)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		rewrite(r)
	}})
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL
}

// withHeaders is what a proxy should do to requests, and onlyHost the least with which pages can connect.
func withHeaders(r *httputil.ProxyRequest) {
	r.SetXForwarded()
	onlyHost(r)
}

func onlyHost(r *httputil.ProxyRequest) { r.Out.Host = r.In.Host }

// proxyTo starts a proxy before an instance, which changes requests and may wrap the answers, and returns its URL.
func proxyTo(t *testing.T, instance string, rewrite func(*httputil.ProxyRequest), wrap func(http.Handler) http.Handler) string {
	t.Helper()
	target, err := url.Parse(instance)
	if err != nil {
		t.Fatal(err)
	}
	var handler http.Handler = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		rewrite(r)
	}}
	if wrap != nil {
		handler = wrap(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// buffers keeps answers, except those of upgrades, until they are whole.
func buffers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			next.ServeHTTP(w, r)
			return
		}
		whole := httptest.NewRecorder()
		next.ServeHTTP(whole, r)
		w.WriteHeader(whole.Code)
		_, _ = io.Copy(w, whole.Body)
	})
}

func redirects(http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.example"+r.URL.Path, http.StatusTemporaryRedirect)
	})
}

func onlyGraphQL(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/graphql" {
			http.NotFound(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
