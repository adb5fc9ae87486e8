// Package auth turns credentials into what they say of their bearer: bearer
// tokens, signed with a secret or by an identity provider, and the session
// cookie of Auth.js.
package auth

import (
	"errors"
	"strings"
	"time"
	"unicode"

	"github.com/golang-jwt/jwt/v5"

	"tandem/internal/collab"
)

// leeway is how far the clocks of a token's maker and this server may be apart.
const leeway = 15 * time.Second

// MinSecretLength is how long a secret must be, in bytes: HS256 needs a key as long as its hash.
const MinSecretLength = 32

// A Verifier checks credentials. It is safe for use by many goroutines.
type Verifier struct {
	// Keys are those of an identity provider. If nil, only tokens that were signed
	// with a secret are accepted. It is set before the verifier is used.
	Keys *Keys

	issuer, audience string // what Sign puts into a token, and Verify asks for where they are not ""

	secrets   jwt.VerificationKeySet
	sessions  map[string][]sessionKey // by the name of the cookie
	parser    *jwt.Parser
	validator *jwt.Validator // of sessions
}

// NewVerifier returns a verifier of tokens and session cookies that were made with
// one of the secrets. The first secret is the one that Sign uses; the others are
// accepted too, so that a secret can be replaced without signing anybody out.
// issuer and audience must be in a bearer token where they are not "".
func NewVerifier(secrets []string, issuer, audience string, now func() time.Time) *Verifier {
	always := []jwt.ParserOption{jwt.WithExpirationRequired(), jwt.WithLeeway(leeway), jwt.WithTimeFunc(now)}
	v := &Verifier{
		issuer: issuer, audience: audience,
		parser:    newParser(issuer, audience, always),
		validator: jwt.NewValidator(always...),
		sessions:  make(map[string][]sessionKey),
	}
	for _, secret := range secrets {
		v.secrets.Keys = append(v.secrets.Keys, []byte(secret))
	}
	if len(secrets) > 0 {
		for _, name := range sessionCookies {
			v.sessions[name] = sessionKeys(name, secrets)
		}
	}
	return v
}

// claims are the ones of a token that count here.
type claims struct {
	jwt.RegisteredClaims
	Org     string `json:"org"`
	Role    string `json:"role,omitempty"`
	Name    string `json:"name,omitempty"`
	Email   string `json:"email,omitempty"`
	Picture string `json:"picture,omitempty"`
}

// A Token is what verified credentials say.
type Token struct {
	collab.Claims
	ExpiresAt time.Time
}

// refused says no more than it has to.
var refused = collab.Errorf(collab.Unauthenticated, "the token is not accepted here; get a fresh one")

// An Expired refuses credentials that were good until they expired: what they say
// can be believed, and counts for nothing else.
type Expired struct {
	Claims collab.Claims
	err    *collab.Error
}

// Error returns the message.
func (e *Expired) Error() string { return e.err.Error() }

// Unwrap returns the error as a client is shown it.
func (e *Expired) Unwrap() error { return e.err }

// expired refuses credentials of which nothing else is wrong than their age.
func (c claims) expired(err error, shown *collab.Error) error {
	token, named := c.token()
	for _, wrong := range []error{
		jwt.ErrTokenInvalidIssuer, jwt.ErrTokenInvalidAudience, jwt.ErrTokenRequiredClaimMissing,
		jwt.ErrTokenNotValidYet, jwt.ErrTokenUsedBeforeIssued,
	} {
		named = named && !errors.Is(err, wrong)
	}
	if !named {
		return shown
	}
	return &Expired{token.Claims, shown}
}

// token returns what the claims say, or false if they do not name a person and an organization.
func (c claims) token() (Token, bool) {
	var user, org collab.ID
	if user.UnmarshalGQL(c.Subject) != nil || org.UnmarshalGQL(c.Org) != nil || user == "" || org == "" || org == collab.Deployment {
		return Token{}, false
	}
	return Token{
		Claims: collab.Claims{
			UserID: user, OrganizationID: org, Role: collab.Role(c.Role),
			Name: shorten(c.Name), Email: shorten(c.Email), Picture: shorten(c.Picture),
		},
		ExpiresAt: c.ExpiresAt.Time,
	}, true
}

// isMark reports whether r is one of the marks that names in Arabic or Hebrew may
// need. They turn nothing but what is beside them.
func isMark(r rune) bool { return r == '\u200e' || r == '\u200f' || r == '\u061c' }

// maxClaim bounds a claim that is shown to others, in bytes.
const maxClaim = 1000

// shorten makes a claim fit to be shown: bounded, without control characters, and
// without those that turn the direction of what stands behind them, by which a name
// could reach into the text around it.
func shorten(claim string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) && !isMark(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(claim, "\uFFFD"))
	if len(clean) > maxClaim {
		clean = strings.ToValidUTF8(clean[:maxClaim], "")
	}
	return clean
}
