package httpd

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/rs/cors"

	"tandem/internal/requestid"
)

// anyOrigin allows the pages of every site.
const anyOrigin = "*"

// allowedHeaders are the headers that pages of other origins may send: those of the protocol, and those
// that libraries for GraphQL, tracing and error reports add.
var allowedHeaders = []string{
	"Authorization", "Content-Type", "Accept", "Accept-Language", "Content-Language", "Cache-Control", "Pragma", "DNT",
	"Last-Event-Id", "X-Graphql-Event-Stream-Token", requestid.Header, "X-Correlation-Id", "X-Requested-With",
	"Apollo-Require-Preflight", "Apollographql-Client-Name", "Apollographql-Client-Version",
	"Graphql-Client-Name", "Graphql-Client-Version", "GraphQL-Require-Preflight",
	"Traceparent", "Tracestate", "Baggage", // W3C
	"Sentry-Trace", "B3", "X-B3-Traceid", "X-B3-Spanid", "X-B3-Parentspanid", "X-B3-Sampled", "X-B3-Flags", "Uber-Trace-Id",
	"X-Datadog-Origin", "X-Datadog-Parent-Id", "X-Datadog-Sampling-Priority", "X-Datadog-Trace-Id", "X-Datadog-Tags",
	"Newrelic", "X-Newrelic-Id", "X-Newrelic-Transaction", "Elastic-Apm-Traceparent", "X-Amzn-Trace-Id", "X-Cloud-Trace-Context",
	"Request-Id", "Request-Context", "X-Honeycomb-Trace", "X-Instana-T", "X-Instana-S", "X-Instana-L",
}

// newCORS returns the CORS rules. They allow cookies only if the server accepts session cookies.
func (s *Server) newCORS() *cors.Cors {
	options := cors.Options{
		AllowedMethods:   []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete},
		AllowedHeaders:   append(slices.Clone(allowedHeaders), s.AllowedHeaders...),
		ExposedHeaders:   []string{requestid.Header, "Retry-After"},
		AllowCredentials: s.Verifier.TakesSessions(),
		MaxAge:           600,
	}
	if slices.Contains(s.AllowedOrigins, anyOrigin) {
		options.AllowedOrigins = []string{anyOrigin}
	} else {
		options.AllowOriginVaryRequestFunc = func(r *http.Request, origin string) (bool, []string) {
			return s.allowsOrigin(r, origin), nil
		}
	}
	return cors.New(options)
}

// allowOrigins adds CORS headers, and answers OPTIONS without authentication: a browser sends no
// credentials with a preflight.
func (s *Server) allowOrigins(next http.Handler) http.Handler {
	return s.newCORS().Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions {
			w.Header().Set("Allow", "GET, POST, OPTIONS")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	}))
}

// allowsOrigin reports whether pages of an origin may send requests: those of the server's own host, of
// allowed origins, and in the demo those of this machine.
func (s *Server) allowsOrigin(r *http.Request, origin string) bool {
	if slices.Contains(s.AllowedOrigins, anyOrigin) {
		return true
	}
	canonical, ok := canonicalOrigin(origin)
	if !ok {
		return false
	}
	if isOwn(r, canonical) || s.AllowThisMachine && isOfThisMachine(canonical) {
		return true
	}
	return slices.ContainsFunc(s.allowed, func(p originPattern) bool { return p.matches(canonical) })
}

// isOwn reports whether an origin is that of the request's host. If the request came by TLS, the origin
// must have it too.
func isOwn(r *http.Request, origin string) bool {
	scheme, _, _ := strings.Cut(origin, "://")
	if scheme != "https" && (scheme != "http" || cameByTLS(r)) {
		return false
	}
	own, ok := canonicalOrigin(scheme + "://" + r.Host)
	return ok && own == origin
}

// isOfThisMachine reports whether an origin is on this machine.
func isOfThisMachine(origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && isThisMachine(u.Host)
}

// allowsSocket reports whether a page of an origin may open a socket. Browsers send no CORS preflight
// before an upgrade.
func (s *Server) allowsSocket(r *http.Request, origin string) bool {
	if s.allowsOrigin(r, origin) {
		return true
	}
	s.Count.refused(refusedOrigin)
	return false
}

// cookiesCount reports whether a session cookie authenticates the request. It does not if a page of
// another site may have made the browser send it. Browsers send Origin with everything except simple
// reads, and current ones send Sec-Fetch-Site with all requests. A client that sends neither must use a
// token.
func (s *Server) cookiesCount(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" {
		return s.allowsOrigin(r, origin)
	}
	reads := (r.Method == http.MethodGet || r.Method == http.MethodHead) && r.Header.Get("Upgrade") == ""
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "same-origin" || site == "none" && reads
}

// cameByTLS reports whether a request came by TLS, to the server or to the proxy in front of it.
func cameByTLS(r *http.Request) bool {
	scheme, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Proto"), ",")
	return r.TLS != nil || strings.EqualFold(strings.TrimSpace(scheme), "https")
}
