package httpd

import "net/http"

// safeHeaders are what every answer carries, whatever it is. They are those that
// OWASP recommends: nothing of an answer is run, framed, guessed at, kept, or taken
// by a page of another origin without asking.
var safeHeaders = map[string]string{
	"X-Content-Type-Options":            "nosniff",
	"X-Frame-Options":                   "DENY",
	"X-Permitted-Cross-Domain-Policies": "none",
	"Referrer-Policy":                   "no-referrer",
	"Cache-Control":                     "no-store",
	"Content-Security-Policy":           "default-src 'none'; frame-ancestors 'none'",
	"Cross-Origin-Resource-Policy":      "same-origin",
}

// pageHeaders are those of our pages, which load what lies beside them and nothing
// else, share nothing with the page that opened them, and use nothing of the device.
var pageHeaders = map[string]string{
	"Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; " +
		"connect-src 'self' ws: wss:; img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Embedder-Policy": "require-corp",
	"Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), " +
		"magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
}

// byTLSOnly has a browser use nothing but TLS from now on, for a year. Whether
// other hosts below ours have it is not ours to say.
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
