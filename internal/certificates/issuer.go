// Package certificates has certificates issued by an authority that speaks ACME (RFC 8555), and renews them. Instances share
// them through the store.
package certificates

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme"

	"tandem/internal/collab"
)

// ChallengeProtocol is the protocol of TLS-ALPN-01 (RFC 8737), which a server offers so that the authority can verify its hosts.
const ChallengeProtocol = acme.ALPNProto

// LetsEncrypt is the directory of the default authority.
const LetsEncrypt = acme.LetsEncryptURL

// A Store is what instances share.
type Store interface {
	collab.CertificateStore
	DeploymentKey(ctx context.Context, name, proposed string) (string, error)
}

// Config says which certificates, and from whom.
type Config struct {
	// Hosts are in lower-case ASCII. Clients that name another host, or none, get the certificate of the first.
	Hosts []string
	// Email is where the authority reaches the operators; it may be empty.
	Email     string
	Directory string
	// UsesHTTP has the authority verify hosts by HTTP-01, which Challenges answers, and not by TLS-ALPN-01.
	UsesHTTP bool
	// Instance tells instances apart.
	Instance string
}

// An Issuer has a certificate for each of its hosts, once Run has received it. Until then clients get one that nobody has
// signed, so that probes which don't verify it reach the server.
type Issuer struct {
	config   Config
	store    Store
	log      *slog.Logger
	http     *http.Client
	fallback *tls.Certificate

	mu      sync.RWMutex // guards current; innermost
	current map[string]*tls.Certificate

	answering chan struct{} // has a place for one read of a challenge: anybody may ask for one, without signing in
}

// New returns an Issuer. Run has it work.
func New(config Config, store Store, log *slog.Logger) (*Issuer, error) {
	fallback, err := selfSigned(config.Hosts)
	if err != nil {
		return nil, err
	}
	return &Issuer{
		config: config, store: store, log: log, http: &http.Client{Timeout: requestTime}, fallback: fallback,
		current: make(map[string]*tls.Certificate), answering: make(chan struct{}, 1),
	}, nil
}

// Run has certificates issued, and renewed, until ctx ends.
func (i *Issuer) Run(ctx context.Context) {
	var hosts sync.WaitGroup
	for _, host := range i.config.Hosts {
		hosts.Go(func() { (&keeper{Issuer: i, host: host}).keep(ctx) })
	}
	hosts.Wait()
}

// Get is for tls.Config.GetCertificate. Only for challenges it reads from the store.
func (i *Issuer) Get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	host := strings.ToLower(strings.TrimSuffix(hello.ServerName, "."))
	isKnown := slices.Contains(i.config.Hosts, host)
	switch isChallenge := slices.Equal(hello.SupportedProtos, []string{ChallengeProtocol}); {
	case isChallenge && isKnown:
		return i.challenge(hello.Context(), host)
	case isChallenge:
		return nil, errors.New("a challenge for a host that ACME_HOSTS does not list")
	case !isKnown:
		host = i.config.Hosts[0]
	}
	i.mu.RLock()
	defer i.mu.RUnlock()
	if current := i.current[host]; current != nil {
		return current, nil
	}
	return i.fallback, nil
}

// Served is what clients of a host get. While nobody has signed a certificate for it, the times are zero.
type Served struct {
	Host            string
	Issued, Expires time.Time
}

// Served returns the certificates of all hosts.
func (i *Issuer) Served() (all []Served) {
	i.mu.RLock()
	defer i.mu.RUnlock()
	for _, host := range i.config.Hosts {
		served := Served{Host: host}
		if current := i.current[host]; current != nil {
			served.Issued, served.Expires = current.Leaf.NotBefore, current.Leaf.NotAfter
		}
		all = append(all, served)
	}
	return all
}

// use has clients get a certificate.
func (i *Issuer) use(host string, certificate *tls.Certificate) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.current[host] = certificate
}
