package httpd

import "net/http"

// safeHeaders are the headers of every response, as OWASP recommends them: a browser does not run,
// frame, sniff or cache a response, or show it to a page of another origin without permission.
var safeHeaders = map[string]string{
	"X-Content-Type-Options":            "nosniff",
	"X-Frame-Options":                   "DENY",
	"X-Permitted-Cross-Domain-Policies": "none",
	"Referrer-Policy":                   "no-referrer",
	"Cache-Control":                     "no-store",
	"Content-Security-Policy":           "default-src 'none'; frame-ancestors 'none'",
	"Cross-Origin-Resource-Policy":      "same-origin",
}

// pageHeaders are the headers of our own pages. These load files of their own origin only, are isolated
// from the page that opened them, and may not use the device.
var pageHeaders = map[string]string{
	"Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; " +
		"connect-src 'self' ws: wss:; img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Embedder-Policy": "require-corp",
	"Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), " +
		"magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
}

// byTLSOnly makes a browser use TLS only for a year. It leaves out subdomains, which may be other
// people's.
const byTLSOnly = "max-age=31536000"

func secureHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w.Header(), safeHeaders)
		if cameByTLS(r) {
			w.Header().Set("Strict-Transport-Security", byTLSOnly)
		}
		next.ServeHTTP(w, r)
	})
}

func page(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w.Header(), pageHeaders)
		w.Header().Set("Cache-Control", "no-cache")
		if r.URL.Query().Has("v") { // the version is a hash of the content
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		next.ServeHTTP(w, r)
	})
}

func setHeaders(h http.Header, values map[string]string) {
	for name, value := range values {
		h.Set(name, value)
	}
}
