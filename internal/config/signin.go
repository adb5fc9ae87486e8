package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"tandem/internal/auth"
)

// checkSignIn trims the settings of who may sign in, and from where, and refuses
// what would let in anybody.
func (s *Settings) checkSignIn() error {
	for i, secret := range s.AuthSecrets {
		s.AuthSecrets[i] = strings.TrimSpace(secret)
		if s.AuthSecrets[i] == "" {
			return errors.New("AUTH_SECRET has an empty part: give one secret, or several separated by commas")
		}
	}
	if s.AuthJWKSURL != "" {
		if err := auth.CheckKeysURL(s.AuthJWKSURL); err != nil {
			return fmt.Errorf("AUTH_JWKS_URL can't be used: %w", err)
		}
	}
	for i, origin := range s.AllowedOrigins {
		s.AllowedOrigins[i] = strings.ToLower(strings.TrimSpace(origin))
		if s.takesCookies() && !fitOrigin(s.AllowedOrigins[i]) {
			return fmt.Errorf("ALLOWED_ORIGINS must name origins, as https://crm.example.com or https://*.example.com; %q %s",
				strings.TrimSpace(origin), originFault(s.AllowedOrigins[i]))
		}
	}
	for i, header := range s.AllowedHeaders {
		s.AllowedHeaders[i] = strings.TrimSpace(header)
		if !headerName.MatchString(s.AllowedHeaders[i]) {
			return fmt.Errorf("ALLOWED_HEADERS must list names of headers, as X-Team,X-Build, or be *; %q is not such a name", s.AllowedHeaders[i])
		}
	}
	return nil
}

// headerName is what the name of a header looks like (RFC 9110).
var headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

// fitOrigins are the origins whose pages may use session cookies. A * stands for
// what strangers can't have: a port of one host, or the beginning of a host's name.
var fitOrigins = []*regexp.Regexp{
	regexp.MustCompile(`^https?://[^*/@:\s]+(:\d+|:\*)?$`),
	regexp.MustCompile(`^[a-z][a-z0-9+.-]*://[^*/@:\s]+$`), // an application with pages of its own: capacitor://localhost
	regexp.MustCompile(`^https?://\[[0-9a-f:]+\](:\d+|:\*)?$`),
	regexp.MustCompile(`^https?://[^*/@:\s]*\*[^*/@:\s]*(\.[^*/@:\s.]+){2}(:\d+)?$`),
}

func fitOrigin(origin string) bool {
	return isASCII(origin) && slices.ContainsFunc(fitOrigins, func(fit *regexp.Regexp) bool { return fit.MatchString(origin) })
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII })
}

// originFault says what to change in a text that is not a fit origin.
func originFault(origin string) string {
	_, rest, hasScheme := strings.Cut(origin, "://")
	switch {
	case origin == "":
		return "is empty: take the comma out"
	case strings.Trim(origin, "*") == "":
		return "would let the pages of strangers use the session cookies of your users"
	case !isASCII(origin):
		return "must be in ASCII, as browsers send it: a host with other letters begins with xn--"
	case !hasScheme:
		return "must begin with http:// or https://"
	case strings.HasSuffix(rest, "/") && fitOrigin(strings.TrimRight(origin, "/")):
		return "must not end with a slash"
	case strings.ContainsAny(rest, "/?#"):
		return "must end after the host and port"
	case strings.Contains(rest, "*"):
		return "is too wide: it would let the pages of strangers use the session cookies of your users"
	}
	return "is not an origin: write the scheme, the host and, if it is not the usual one, the port"
}

// takesCookies reports whether session cookies are looked at: they are encrypted with a secret.
func (s Settings) takesCookies() bool { return len(s.AuthSecrets) > 0 || s.Demo() }

// signInWarnings are what lets people in, and should not be left as it is.
func (s Settings) signInWarnings() []string {
	var out []string
	for _, secret := range s.AuthSecrets {
		if len(secret) < auth.MinSecretLength {
			out = append(out, fmt.Sprintf("AUTH_SECRET should have at least %d bytes: a shorter one can be guessed from a token", auth.MinSecretLength))
			break
		}
	}
	if s.AuthJWKSURL != "" && s.AuthAudience == "" {
		out = append(out, "AUTH_JWKS_URL should come with AUTH_AUDIENCE: tokens that were made for other applications are accepted too")
	}
	return out
}
