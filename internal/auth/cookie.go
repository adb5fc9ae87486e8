package auth

import (
	"net/http"
	"strconv"
	"strings"
)

// sessionCookies are the names of the session cookie of Auth.js v5. The first takes precedence: a
// page without TLS can't set it.
var sessionCookies = []string{"__Secure-authjs.session-token", "authjs.session-token"}

const (
	// maxSession bounds a session cookie, in bytes, and maxChunks its parts: Auth.js puts 3,936
	// bytes into each.
	maxSession = 64 << 10
	maxChunks  = maxSession / 3936
)

// A Session is the session cookie of a request, unverified.
type Session struct {
	name  string
	value string // "" if parts of it are missing
}

// FindSession returns the session cookie of a request, and whether there is one. A long session is
// split into several cookies, named <name>.0, <name>.1 and so on. Of two cookies with the same name
// the first counts, as in Auth.js.
func FindSession(r *http.Request) (Session, bool) {
	cookies := r.Cookies()
	for _, name := range sessionCookies {
		var whole string
		parts := make(map[int]string)
		for _, cookie := range cookies {
			if cookie.Name == name && whole == "" {
				whole = cookie.Value
			}
			if n, is := partNumber(cookie.Name, name); is && parts[n] == "" {
				parts[n] = cookie.Value
			}
		}
		switch {
		case whole != "":
			return Session{name, whole}, true
		case len(parts) > 0:
			return Session{name, join(parts)}, true
		}
	}
	return Session{}, false
}

// partNumber returns the index of a part of a split cookie, and whether it is one.
func partNumber(part, name string) (n int, is bool) {
	suffix, is := strings.CutPrefix(part, name+".")
	if !is {
		return 0, false
	}
	n, err := strconv.Atoi(suffix)
	return n, err == nil && n >= 0 && n < maxChunks && strconv.Itoa(n) == suffix
}

// join returns the parts in their order, or "" if one is missing.
func join(parts map[int]string) string {
	var whole strings.Builder
	for n := range len(parts) {
		if parts[n] == "" {
			return ""
		}
		whole.WriteString(parts[n])
	}
	return whole.String()
}
