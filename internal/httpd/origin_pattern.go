package httpd

import (
	"net"
	"regexp"
	"strings"
)

// An originPattern is an allowed origin. One * in it stands for any text.
type originPattern struct {
	before, after string
	wild          bool
}

func newOriginPattern(text string) originPattern {
	before, after, wild := strings.Cut(strings.ToLower(text), "*")
	if !wild {
		whole, _ := canonicalOrigin(before)
		return originPattern{before: whole}
	}
	if strings.Contains(after, ".") { // the * is in the name of the host, so a port may follow it
		after = withPort(before, after)
	}
	return originPattern{before, after, true}
}

// matches reports whether an origin, in its canonical form, is allowed by the pattern.
func (p originPattern) matches(origin string) bool {
	if !p.wild {
		return origin == p.before
	}
	return len(origin) >= len(p.before)+len(p.after) && strings.HasPrefix(origin, p.before) && strings.HasSuffix(origin, p.after)
}

// originForm is the form of origins: those of web pages, and of applications with pages of their own, such as
// capacitor://localhost and tauri://localhost.
var originForm = regexp.MustCompile(`^[a-z][a-z0-9+.-]*://[^/?#@\s]+$`)

// canonicalOrigin returns the form of an origin in which origins are compared: in lower case, and with the port if the
// scheme has a default one. It returns "" and false for text that is not an origin, such as "null".
func canonicalOrigin(text string) (origin string, ok bool) {
	text = strings.ToLower(text)
	if !originForm.MatchString(text) {
		return "", false
	}
	scheme, host, _ := strings.Cut(text, "://")
	return scheme + "://" + withPort(scheme, host), true
}

// defaultPorts are the ports that an origin may leave out.
var defaultPorts = map[string]string{"http": "80", "https": "443"}

// withPort returns a host with its port: that of the scheme if it names none.
func withPort(scheme, host string) string {
	scheme, _, _ = strings.Cut(scheme, "://")
	port, known := defaultPorts[scheme]
	if _, _, err := net.SplitHostPort(host); err == nil || !known {
		return host
	}
	return host + ":" + port
}
