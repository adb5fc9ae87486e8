// Package auth verifies credentials and returns their claims. It accepts bearer tokens, signed with
// a secret or by an identity provider, and the session cookie of Auth.js.
package auth

import (
	"errors"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"tandem/internal/collab"
)

// leeway is the allowed clock skew between a token's issuer and this server.
const leeway = 15 * time.Second

// MinSecretLength is the minimum length of a secret, in bytes: HS256 needs a key as long as its hash.
const MinSecretLength = 32

// A Verifier checks credentials. It is safe for use by many goroutines.
type Verifier struct {
	// Keys are the keys of an identity provider. If nil, the verifier accepts only tokens that were
	// signed with a secret. Set it before the verifier is used.
	Keys *Keys

	issuer, audience string // what Sign puts into a token, and Verify asks for where they are not ""

	secrets   jwt.VerificationKeySet
	sessions  map[string][]sessionKey // by the name of the cookie
	parser    *jwt.Parser
	now       func() time.Time
	validator *jwt.Validator // of sessions
}

// NewVerifier returns a verifier of tokens and session cookies that were made with
// one of the secrets. The first secret is the one that Sign uses; the others are
// accepted too, so that a secret can be replaced without signing anybody out.
// issuer and audience must be in a bearer token where they are not "".
func NewVerifier(secrets []string, issuer, audience string, now func() time.Time) *Verifier {
	always := []jwt.ParserOption{jwt.WithExpirationRequired(), jwt.WithLeeway(leeway), jwt.WithTimeFunc(now)}
	v := &Verifier{
		issuer: issuer, audience: audience, now: now,
		parser:    newParser(issuer, audience, always),
		validator: jwt.NewValidator(always...),
		sessions:  make(map[string][]sessionKey),
	}
	secrets = slices.DeleteFunc(slices.Clone(secrets), func(s string) bool { return s == "" }) // anybody can sign with that
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

// A Token has the verified claims of a credential.
type Token struct {
	collab.Claims
	// ExpiresAt is when connections that the token opened end.
	ExpiresAt time.Time
}

// refused gives no reason, so that it does not help an attacker to guess.
var refused = collab.Errorf(collab.Unauthenticated, "the token is not accepted here; get a fresh one")

// An Expired refuses credentials that were valid until they expired. Their claims can be trusted
// for the audit trail, and for nothing else.
type Expired struct {
	Claims collab.Claims
	err    *collab.Error
}

// Error returns the message.
func (e *Expired) Error() string { return e.err.Error() }

// Unwrap returns the error for the client.
func (e *Expired) Unwrap() error { return e.err }

// issued refuses credentials with a valid signature, for a reason other than expiry alone.
type issued struct{ err *collab.Error }

func (i *issued) Error() string { return i.err.Error() }
func (i *issued) Unwrap() error { return i.err }

// Issued reports whether an error refuses credentials with a valid signature. Such credentials are
// not a guess, so they do not count as a failed attempt.
func Issued(err error) bool {
	_, expired := errors.AsType[*Expired](err)
	_, other := errors.AsType[*issued](err)
	return expired || other
}
