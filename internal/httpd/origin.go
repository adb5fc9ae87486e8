package httpd

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/rs/cors"

	"tandem/internal/transport"
)

// anyOrigin allows the pages of every site.
const anyOrigin = "*"

// allowedHeaders are those that pages of other origins may send: what the protocol
// knows, and what libraries for GraphQL, tracing and error reports add by themselves.
var allowedHeaders = []string{
	"Authorization", "Content-Type", "Accept", "Accept-Language", "Content-Language", "Cache-Control", "Pragma", "DNT",
	"Last-Event-Id", "X-Graphql-Event-Stream-Token", transport.RequestIDHeader, "X-Correlation-Id", "X-Requested-With",
	"Apollo-Require-Preflight", "Apollographql-Client-Name", "Apollographql-Client-Version",
	"Graphql-Client-Name", "Graphql-Client-Version", "GraphQL-Require-Preflight",
	"Traceparent", "Tracestate", "Baggage", // W3C
	"Sentry-Trace", "B3", "X-B3-Traceid", "X-B3-Spanid", "X-B3-Parentspanid", "X-B3-Sampled", "X-B3-Flags", "Uber-Trace-Id",
	"X-Datadog-Origin", "X-Datadog-Parent-Id", "X-Datadog-Sampling-Priority", "X-Datadog-Trace-Id", "X-Datadog-Tags",
	"Newrelic", "X-Newrelic-Id", "X-Newrelic-Transaction", "Elastic-Apm-Traceparent", "X-Amzn-Trace-Id", "X-Cloud-Trace-Context",
	"Request-Id", "Request-Context", "X-Honeycomb-Trace", "X-Instana-T", "X-Instana-S", "X-Instana-L",
}

// newCORS returns the rules for pages of other origins. They may have the browser send
// its cookies only where session cookies are looked at.
func (c Config) newCORS() *cors.Cors {
	options := cors.Options{
		AllowedMethods:   []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete},
		AllowedHeaders:   append(slices.Clone(allowedHeaders), c.AllowedHeaders...),
		ExposedHeaders:   []string{transport.RequestIDHeader, "Retry-After"},
		AllowCredentials: c.Verifier.TakesSessions(),
		MaxAge:           600,
	}
	if slices.Contains(c.AllowedOrigins, anyOrigin) {
		options.AllowedOrigins = []string{anyOrigin}
	} else {
		options.AllowOriginVaryRequestFunc = func(r *http.Request, origin string) (bool, []string) {
			return c.allowsOrigin(r, origin), nil
		}
	}
	return cors.New(options)
}

// allowOrigins tells browsers which pages may call. A client that only asks what is allowed
// is answered without signing in, since a browser sends no credentials with that.
func (c Config) allowOrigins(next http.Handler) http.Handler {
	return c.newCORS().Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions {
			w.Header().Set("Allow", "GET, POST, OPTIONS")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	}))
}

// allowsOrigin reports whether pages of an origin may call: those of our own host, of
// allowed origins, and in the demo of this machine.
func (c Config) allowsOrigin(r *http.Request, origin string) bool {
	if slices.Contains(c.AllowedOrigins, anyOrigin) {
		return true
	}
	canonical, ok := canonicalOrigin(origin)
	if !ok {
		return false
	}
	if isOwn(r, canonical) || c.AllowThisMachine && isOfThisMachine(canonical) {
		return true
	}
	return slices.ContainsFunc(c.allowed, func(p originPattern) bool { return p.matches(canonical) })
}

// isOwn reports whether an origin is that of the request's own host. Where the request
// came by TLS, our own host has it too.
func isOwn(r *http.Request, origin string) bool {
	scheme, _, _ := strings.Cut(origin, "://")
	if scheme != "https" && (scheme != "http" || cameByTLS(r)) {
		return false
	}
	own, ok := canonicalOrigin(scheme + "://" + r.Host)
	return ok && own == origin
}

// isOfThisMachine reports whether a page can have come from nowhere but this machine.
func isOfThisMachine(origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && isThisMachine(u.Host)
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
