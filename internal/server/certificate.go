package server

import (
	"cmp"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"golang.org/x/net/netutil"

	"tandem/internal/certificates"
	"tandem/internal/config"
	"tandem/internal/diagnosis"
	"tandem/internal/metrics"
)

// certificateAge is how long a certificate is used without a look at its files.
const certificateAge = time.Second

// A certificate is that of TLS_CERT and TLS_KEY. It follows the files, so that a renewed one needs no restart. While the files
// can't be used, for instance because only one of them has been replaced, the last one that could stays in use.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger

	mu     sync.Mutex // guards what follows; innermost
	loaded *tls.Certificate
	from   [2]time.Time // when the files had been changed
	looked time.Time
}

// A certificateSource has the certificate for each client: the files, or an Issuer. Get is for tls.Config.GetCertificate.
type certificateSource interface {
	Get(*tls.ClientHelloInfo) (*tls.Certificate, error)
	Served() []certificates.Served
}

// openCertificates opens what the settings name. Without any, the server speaks plain HTTP.
func (s *Server) openCertificates() error {
	files, err := openCertificate(s.settings, s.log)
	if files != nil {
		s.certificate = files
	}
	if err != nil || len(s.settings.ACMEHosts) == 0 {
		return err
	}
	s.issuer, err = certificates.New(certificates.Config{
		Hosts: s.settings.ACMEHosts, Email: s.settings.ACMEEmail, Directory: cmp.Or(s.settings.ACMEDirectory, certificates.LetsEncrypt),
		UsesHTTP: s.settings.ACMEHTTPAddr != "", Instance: rand.Text(), // a restarted container has the name of the last one
	}, s.Store, s.log)
	s.certificate = s.issuer
	return err
}

// tlsConfig returns the configuration of TLS; nil if the server speaks plain HTTP.
func (s *Server) tlsConfig() *tls.Config {
	if s.certificate == nil {
		return nil
	}
	config := &tls.Config{GetCertificate: s.certificate.Get, MinVersion: tls.VersionTLS12}
	if s.issuer != nil {
		config.NextProtos = []string{"h2", "http/1.1", certificates.ChallengeProtocol}
	}
	return config
}

// mostChallengers is how many connections ACME_HTTP_ADDR has at a time. Others wait in the kernel, so that they take no descriptors from clients.
const mostChallengers = 64

// serveChallenges answers HTTP-01 on ACME_HTTP_ADDR, if it is set, until end is called.
func (s *Server) serveChallenges() (end func(), err error) {
	addr := s.settings.ACMEHTTPAddr
	if addr == "" {
		return func() {}, nil
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("can't listen on %s: %w; stop the program that uses the port, or set ACME_HTTP_ADDR to another one", addr, errors.Unwrap(err))
	}
	server := &http.Server{
		Handler: s.issuer.Challenges(), ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	go func() { _ = server.Serve(netutil.LimitListener(listener, mostChallengers)) }()
	s.log.Info("answering the authority of ACME_HOSTS", "at", "http://"+listener.Addr().String())
	return func() { _ = server.Close() }, nil
}

// openCertificate reads the certificate of the settings; nil if the server speaks plain HTTP.
func openCertificate(s config.Settings, log *slog.Logger) (*certificate, error) {
	if s.TLSCert == "" {
		return nil, nil
	}
	c := &certificate{certFile: s.TLSCert, keyFile: s.TLSKey, log: log}
	if err := c.load(); err != nil {
		return nil, err
	}
	return c, nil
}

// load reads the files. The caller holds mu, or is the only one with c.
func (c *certificate) load() error {
	from, err := c.changed()
	if err != nil {
		return fmt.Errorf("TLS_CERT and TLS_KEY can't be read: %w", err)
	}
	loaded, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("TLS_CERT and TLS_KEY must be PEM files of a certificate, followed by those of its issuers, and of its key: %w", err)
	}
	c.from, c.looked = from, time.Now()
	c.loaded = &loaded
	return nil
}

// changed returns when the files were changed.
func (c *certificate) changed() (at [2]time.Time, err error) {
	for i, name := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return at, err
		}
		at[i] = info.ModTime()
	}
	return at, nil
}

// Get is for tls.Config.GetCertificate.
func (c *certificate) Get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.looked) < certificateAge {
		return c.loaded, nil
	}
	c.looked = time.Now()
	if at, err := c.changed(); err == nil && at == c.from {
		return c.loaded, nil
	}
	if err := c.load(); err != nil {
		c.log.Warn("the certificate can't be read again; the last one stays in use", "error", err)
		return c.loaded, nil
	}
	c.log.Info("the certificate was read again", "expires", leafOf(c.loaded).NotAfter)
	return c.loaded, nil
}

// Served returns the certificate, after a look at the files. It has no host: all clients get it.
func (c *certificate) Served() []certificates.Served {
	current, _ := c.Get(nil) // it always has one
	leaf := leafOf(current)
	return []certificates.Served{{Issued: leaf.NotBefore, Expires: leaf.NotAfter}}
}

// leafOf returns the certificate itself, of those of a file.
func leafOf(loaded *tls.Certificate) *x509.Certificate {
	if loaded.Leaf != nil {
		return loaded.Leaf
	}
	leaf, err := x509.ParseCertificate(loaded.Certificate[0]) // by a setting of Go, it is not kept
	if err != nil {
		return &x509.Certificate{} // LoadX509KeyPair has parsed it
	}
	return leaf
}

// readCertificates reads when the certificates that clients get were issued, and when they end.
func (s *Server) readCertificates(set metrics.Set) {
	if s.certificate == nil {
		return
	}
	for _, served := range s.certificate.Served() {
		var issued, expires int64
		if !served.Expires.IsZero() {
			issued, expires = served.Issued.Unix(), served.Expires.Unix()
		}
		set("tandem_certificate_issued_timestamp_seconds", float64(issued), served.Host)
		set("tandem_certificate_expiry_timestamp_seconds", float64(expires), served.Host)
	}
}

// certificateNotice is how long before its end a certificate should be renewed.
const certificateNotice = 14 * 24 * time.Hour

// diagnoseCertificate tells until when the certificate of the files is valid, and warns if it ends soon.
func diagnoseCertificate(s config.Settings, report *diagnosis.Report) {
	c, err := openCertificate(s, slog.New(slog.DiscardHandler))
	if err != nil || c == nil {
		return // without a certificate, or the settings were refused for it
	}
	switch end := leafOf(c.loaded).NotAfter; {
	case end.Before(time.Now()):
		report.Fail("the certificate of TLS_CERT expired on %s; renew it", end.Format(time.DateOnly))
	case end.Before(time.Now().Add(certificateNotice)):
		report.Warn("the certificate of TLS_CERT expires on %s; renew it", end.Format(time.DateOnly))
	default:
		report.OK("the certificate of TLS_CERT is valid until %s", end.Format(time.DateOnly))
	}
}
