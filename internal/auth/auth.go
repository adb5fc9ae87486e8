// Package auth turns credentials into what they say of their bearer.
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

// A Verifier checks bearer tokens: JWTs signed with HS256 by one of its secrets.
type Verifier struct {
	secrets [][]byte
	parser  *jwt.Parser
}

// NewVerifier returns a verifier. The first secret is the one that Sign uses;
// the others are accepted too, so that a secret can be replaced without signing
// anybody out. issuer and audience must be in a token where they are not "".
func NewVerifier(secrets []string, issuer, audience string, now func() time.Time) *Verifier {
	options := []jwt.ParserOption{
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithExpirationRequired(), jwt.WithLeeway(leeway), jwt.WithTimeFunc(now),
	}
	if issuer != "" {
		options = append(options, jwt.WithIssuer(issuer))
	}
	if audience != "" {
		options = append(options, jwt.WithAudience(audience))
	}
	v := &Verifier{parser: jwt.NewParser(options...)}
	for _, secret := range secrets {
		v.secrets = append(v.secrets, []byte(secret))
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

// A Token is what a verified token says.
type Token struct {
	collab.Claims
	ExpiresAt time.Time
}

// Verify checks a credential as it stands in an Authorization header: "Bearer"
// and the token. Every failure is an Unauthenticated error that says what to do
// and does not repeat the token.
func (v *Verifier) Verify(authorization string) (Token, error) {
	scheme, token, found := strings.Cut(strings.TrimSpace(authorization), " ")
	if !found || !strings.EqualFold(scheme, "Bearer") {
		return Token{}, collab.Errorf(collab.Unauthenticated, "sign in: send Authorization: Bearer <token>")
	}
	for _, secret := range v.secrets {
		var c claims
		_, err := v.parser.ParseWithClaims(strings.TrimSpace(token), &c, func(*jwt.Token) (any, error) { return secret, nil })
		switch {
		case err == nil:
			return c.token()
		case errors.Is(err, jwt.ErrTokenExpired):
			return Token{}, collab.Errorf(collab.Unauthenticated, "the token has expired; get a fresh one")
		case !errors.Is(err, jwt.ErrTokenSignatureInvalid):
			return Token{}, refused
		}
	}
	return Token{}, refused
}

// refused says no more than it has to.
var refused = collab.Errorf(collab.Unauthenticated, "the token is not accepted here; get a fresh one")

func (c claims) token() (Token, error) {
	var user, org collab.ID
	if user.UnmarshalGQL(c.Subject) != nil || org.UnmarshalGQL(c.Org) != nil || user == "" || org == "" {
		return Token{}, collab.Errorf(collab.Unauthenticated, "the token must name a person (sub) and an organization (org)")
	}
	return Token{
		Claims: collab.Claims{
			UserID: user, OrganizationID: org, Role: collab.Role(c.Role),
			Name: shorten(c.Name), Email: shorten(c.Email), Picture: shorten(c.Picture),
		},
		ExpiresAt: c.ExpiresAt.Time,
	}, nil
}

// maxClaim bounds a claim that is shown to others, in bytes.
const maxClaim = 1000

// shorten makes a claim fit to be shown: bounded, and without control characters.
func shorten(claim string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(claim, "\uFFFD"))
	if len(clean) > maxClaim {
		clean = strings.ToValidUTF8(clean[:maxClaim], "")
	}
	return clean
}

// Sign makes a token that Verify accepts until expires.
func (v *Verifier) Sign(c collab.Claims, expires time.Time) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{Subject: string(c.UserID), ExpiresAt: jwt.NewNumericDate(expires)},
		Org:              string(c.OrganizationID), Role: string(c.Role), Name: c.Name, Email: c.Email, Picture: c.Picture,
	})
	return token.SignedString(v.secrets[0])
}

// InitPayload verifies the payload of a connection_init: {"authorization":
// "Bearer …"}. A token alone will do: a payload has no other schemes.
func (v *Verifier) InitPayload(payload map[string]any) (Token, error) {
	authorization := ""
	for name, value := range payload {
		if text, ok := value.(string); ok && strings.EqualFold(name, "authorization") {
			authorization = text
		}
	}
	if authorization != "" && !strings.Contains(strings.TrimSpace(authorization), " ") {
		authorization = "Bearer " + authorization
	}
	return v.Verify(authorization)
}
