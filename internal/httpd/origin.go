package httpd

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/rs/cors"

	"tandem/internal/transport"
)

// newCORS returns the rules for pages of other origins; nil allows none. They may
// have the browser send its cookies only where session cookies are looked at.
func (c Config) newCORS() *cors.Cors {
	if len(c.AllowedOrigins) == 0 {
		return nil // to the cors package an empty list would mean all
	}
	return cors.New(cors.Options{
		AllowedOrigins: c.AllowedOrigins,
		AllowedMethods: []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete},
		AllowedHeaders: []string{"Authorization", "Content-Type", "Accept", "Apollo-Require-Preflight",
			"Last-Event-Id", "X-Graphql-Event-Stream-Token", transport.RequestIDHeader,
			"Apollographql-Client-Name", "Apollographql-Client-Version", "Graphql-Client-Name", "Graphql-Client-Version"},
		ExposedHeaders:   []string{transport.RequestIDHeader, "Retry-After"},
		AllowCredentials: c.Verifier.TakesSessions(),
		MaxAge:           600,
	})
}

func (c Config) allowOrigins(next http.Handler) http.Handler {
	if c.cors == nil {
		return next
	}
	return c.cors.Handler(next)
}

// allowsOrigin reports whether pages of an origin may call: those of our own host,
// and of allowed origins. Where the request came by TLS, our own host has it too.
func (c Config) allowsOrigin(r *http.Request, origin string) bool {
	u, err := url.Parse(origin)
	if err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host) && (u.Scheme == "https" || !cameByTLS(r)) {
		return true
	}
	return c.cors != nil && c.cors.OriginAllowed(r)
}

// allowsSocket reports whether a page of an origin may open a socket. The cors
// package does not see upgrades, and browsers do not ask before them.
func (c Config) allowsSocket(r *http.Request, origin string) bool {
	if c.allowsOrigin(r, origin) {
		return true
	}
	c.Count.refused(refusedOrigin)
	return false
}

// cookiesCount reports whether the cookies of a request say who asks. They do not
// if a page of another site may have made the browser send them. Browsers name
// the origin of everything but plain reads, and new ones say of all requests
// whether another site is behind them; what does neither has to use a token.
func (c Config) cookiesCount(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" {
		return c.allowsOrigin(r, origin)
	}
	reads := (r.Method == http.MethodGet || r.Method == http.MethodHead) && r.Header.Get("Upgrade") == ""
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "same-origin" || site == "none" && reads
}

// cameByTLS reports whether a request came by TLS, to us or to the proxy before us.
func cameByTLS(r *http.Request) bool {
	scheme, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Proto"), ",")
	return r.TLS != nil || strings.EqualFold(strings.TrimSpace(scheme), "https")
}
