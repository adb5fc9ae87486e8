package certificates

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
)

// challengePath is below which the authority asks for answers of HTTP-01, and mostPath bounds such a path.
const (
	challengePath = "/.well-known/acme-challenge/"
	mostPath      = 256
)

// challengeOf is the name of the answer for a host in the store. There is one at a time, because there is one order of a host at
// a time: what an instance leaves that is killed goes with the next order.
func challengeOf(host string) string { return "challenge " + host }

// challenge returns the certificate that answers TLS-ALPN-01.
func (i *Issuer) challenge(ctx context.Context, host string) (*tls.Certificate, error) {
	answer, err := i.readAnswer(ctx, host)
	if err != nil {
		return nil, err
	}
	if answer == "" {
		return nil, fmt.Errorf("no certificate of %s is being ordered", host)
	}
	return decode(answer)
}

// readAnswer reads the answer for a host from the store, one at a time. It gives up after storeTime, also while it waits for its turn.
func (i *Issuer) readAnswer(ctx context.Context, host string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	select {
	case i.answering <- struct{}{}:
		defer func() { <-i.answering }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	return i.store.Certificate(ctx, challengeOf(host))
}

// Challenges answers HTTP-01, and redirects everything else to https.
func (i *Issuer) Challenges() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := strings.ToLower(r.Host)
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		switch isChallenge := strings.HasPrefix(r.URL.Path, challengePath); {
		case !slices.Contains(i.config.Hosts, host) || isChallenge && len(r.URL.Path) > mostPath:
			http.NotFound(w, r)
		case isChallenge:
			i.writeAnswer(w, r, host)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			http.Error(w, "use https", http.StatusBadRequest)
		default:
			http.Redirect(w, r, "https://"+host+r.URL.RequestURI(), http.StatusFound) // #nosec G710 -- host is one of ACME_HOSTS
		}
	})
}

func (i *Issuer) writeAnswer(w http.ResponseWriter, r *http.Request, host string) {
	answer, err := i.readAnswer(r.Context(), host)
	answer, isAsked := strings.CutPrefix(answer, r.URL.Path+"\n")
	switch {
	case err != nil:
		http.Error(w, "the database is away", http.StatusServiceUnavailable)
	case !isAsked:
		http.NotFound(w, r)
	default:
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = io.WriteString(w, answer)
	}
}
