package certificates_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"tandem/internal/eventually"
	"tandem/internal/servertest"
)

// host is whose certificate the tests order.
const host = "tandem.example"

// startInstance starts an instance that has its certificate from the authority.
func startInstance(t *testing.T, ca *authority, settings map[string]string, log io.Writer) *servertest.Program {
	t.Helper()
	return servertest.StartProgram(t, ca.settings(settings), log)
}

// settings returns settings with those of ACME.
func (a *authority) settings(more map[string]string) map[string]string {
	all := map[string]string{
		"ACME_HOSTS": host, "ACME_EMAIL": "ops@tandem.example", "ACME_DIRECTORY": a.directory(), "SSL_CERT_FILE": a.files.Certificate,
		"LOG_LEVEL": "warn",
	}
	maps.Copy(all, more)
	return all
}

// with returns settings with one more.
func with(settings map[string]string, name, value string) map[string]string {
	more := maps.Clone(settings)
	more[name] = value
	return more
}

func addressOf(p *servertest.Program) string { return strings.TrimPrefix(p.URL, "https://") }

// leaf returns the certificate that an instance shows to a client that names a host; nil if the client does not trust it.
func leaf(t *testing.T, p *servertest.Program, roots *x509.CertPool, name string) *x509.Certificate {
	t.Helper()
	conn, err := tls.Dial("tcp", addressOf(p), &tls.Config{ServerName: name, InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	chain := conn.ConnectionState().PeerCertificates
	intermediates := x509.NewCertPool()
	for _, issuer := range chain[1:] {
		intermediates.AddCert(issuer)
	}
	if _, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: intermediates, DNSName: host}); err != nil {
		return nil
	}
	return chain[0]
}

// issued waits until an instance shows a certificate of the authority.
func issued(t *testing.T, p *servertest.Program, roots *x509.CertPool) (certificate *x509.Certificate) {
	t.Helper()
	eventually.True(t, "the certificate was issued", func() bool {
		certificate = leaf(t, p, roots, host)
		return certificate != nil
	})
	return certificate
}

// An instance has its first certificate issued by TLS-ALPN-01. A second instance, and the first one after a restart, use it
// without another order.
func TestFirstCertificateIsShared(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t).start(t)
	roots, settings, metrics := ca.roots(t), servertest.Shared(t), servertest.FreeAddress(t)
	one := startInstance(t, ca, with(settings, "METRICS_ADDR", metrics), servertest.LogTo(t))
	const expiry = `tandem_certificate_expiry_timestamp_seconds{host="` + host + `"}`
	servertest.WantSeries(t, "http://"+metrics+"/metrics", expiry, 0)
	ca.https.to(addressOf(one))
	first := issued(t, one, roots)
	servertest.WantSeries(t, "http://"+metrics+"/metrics", expiry, float64(first.NotAfter.Unix()))
	if other := leaf(t, one, roots, "somewhere.example"); other == nil || !other.Equal(first) {
		t.Error("a client that names another host gets another certificate")
	}
	wanted := "ok       ACME      the certificate of " + host + " is valid until " + first.NotAfter.Format(time.DateOnly)
	if said, _, _ := servertest.Tandem(t, ca.settings(settings), "check"); !strings.Contains(said, wanted) {
		t.Errorf("the check does not say %q: %s", wanted, said)
	}
	two := startInstance(t, ca, settings, servertest.LogTo(t))
	one.Kill(t)
	one = startInstance(t, ca, settings, servertest.LogTo(t))
	for _, instance := range []*servertest.Program{one, two} {
		if got := issued(t, instance, roots); !got.Equal(first) {
			t.Error("the instance does not use the certificate in the database")
		}
	}
	if got := ca.orders(); got != 1 {
		t.Errorf("%d certificates were ordered", got)
	}
}

// Of two instances that start together one orders, and either answers the authority.
func TestInstancesAnswerForEachOther(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t).start(t)
	roots, settings := ca.roots(t), servertest.Shared(t)
	one, two := startInstance(t, ca, settings, servertest.LogTo(t)), startInstance(t, ca, settings, servertest.LogTo(t))
	ca.https.to(addressOf(one))
	ca.https.to(addressOf(two))
	if !issued(t, one, roots).Equal(issued(t, two, roots)) || ca.orders() != 1 {
		t.Errorf("%d certificates were ordered", ca.orders())
	}
}

// With ACME_HTTP_ADDR the authority uses HTTP-01, and browsers are redirected to https.
func TestHTTPChallenge(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t).start(t)
	settings := servertest.Embedded(t)
	settings["ACME_HTTP_ADDR"] = servertest.FreeAddress(t)
	instance := startInstance(t, ca, settings, servertest.LogTo(t))
	ca.http.to(settings["ACME_HTTP_ADDR"])
	issued(t, instance, ca.roots(t))
	for at, wanted := range map[string]string{host: "https://" + host + "/graphql?query=x", "elsewhere.example": ""} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+settings["ACME_HTTP_ADDR"]+"/graphql?query=x", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = at
		answer, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if got := answer.Header.Get("Location"); got != wanted {
			t.Errorf("at %s it redirects to %q", at, got)
		}
	}
}

// While the authority is away the instance is ready, and says what is wrong. Once the authority answers it has a certificate.
func TestAuthorityIsAway(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	var log servertest.LogBuffer
	instance := startInstance(t, ca, servertest.Embedded(t), &log)
	ca.https.to(addressOf(instance))
	eventually.True(t, "the log says why there is no certificate", func() bool {
		text := log.String()
		return strings.Contains(text, "a certificate can't be had; trying again") && strings.Contains(text, ca.directory()) && strings.Contains(text, "connection refused")
	})
	probe := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
	answer, err := probe.Get(instance.URL + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("/readyz says %s", answer.Status)
	}
	ca.start(t)
	issued(t, instance, ca.roots(t))
}

// A certificate is renewed in the last third of its time, by one instance for all.
func TestRenewal(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	ca.validity = 20
	ca.start(t)
	roots, settings := ca.roots(t), servertest.Shared(t)
	one, two := startInstance(t, ca, settings, servertest.LogTo(t)), startInstance(t, ca, settings, servertest.LogTo(t))
	ca.https.to(addressOf(one))
	ca.https.to(addressOf(two))
	first := issued(t, one, roots)
	for _, instance := range []*servertest.Program{one, two} {
		eventually.True(t, "the certificate was renewed", func() bool {
			got := issued(t, instance, roots)
			return got.NotAfter.After(first.NotAfter) && time.Now().Before(first.NotAfter)
		})
	}
	if got := ca.orders(); got != 2 {
		t.Errorf("%d certificates were ordered", got)
	}
}
