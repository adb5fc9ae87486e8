package server

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"tandem/internal/config"
	"tandem/internal/diagnosis"
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

// get is for tls.Config.GetCertificate.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
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
	c.log.Info("the certificate was read again", "expires", c.expires())
	return c.loaded, nil
}

// expires returns the end of the certificate.
func (c *certificate) expires() time.Time {
	leaf := c.loaded.Leaf
	if leaf == nil { // by a setting of Go, it is not kept
		parsed, err := x509.ParseCertificate(c.loaded.Certificate[0])
		if err != nil {
			return time.Time{}
		}
		leaf = parsed
	}
	return leaf.NotAfter
}

// certificateNotice is how long before its end a certificate should be renewed.
const certificateNotice = 14 * 24 * time.Hour

// diagnoseCertificate warns about a certificate that ends soon.
func diagnoseCertificate(s config.Settings, report *diagnosis.Report) {
	c, err := openCertificate(s, slog.New(slog.DiscardHandler))
	if err != nil || c == nil {
		return // without a certificate, or the settings were refused for it
	}
	switch end := c.expires(); {
	case end.Before(time.Now()):
		report.Fail("the certificate of TLS_CERT expired on %s; renew it", end.Format(time.DateOnly))
	case end.Before(time.Now().Add(certificateNotice)):
		report.Warn("the certificate of TLS_CERT expires on %s; renew it", end.Format(time.DateOnly))
	}
}
