package auth

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"tandem/internal/collab"
)

// maxToken bounds a bearer token, in bytes. Smaller, and tokens of providers that
// put all groups of a person into them are refused; larger, and whoever sends
// nonsense makes the server decode as much.
const maxToken = 16 << 10

// Why a token is refused that was really issued.
var (
	tokenExpired = collab.Errorf(collab.Unauthenticated, "the token has expired; get a fresh one")
	tokenNowhere = collab.Errorf(collab.Unauthenticated, "the token must name a person (sub) and an organization (org)")
)

// newParser returns the parser of bearer tokens. Which of the algorithms may be
// used depends on the key, and is decided where the key is chosen.
func newParser(issuer, audience string, options []jwt.ParserOption) *jwt.Parser {
	names := []string{jwt.SigningMethodHS256.Alg()}
	for name := range signatures {
		names = append(names, name)
	}
	options = append(options[:len(options):len(options)], jwt.WithValidMethods(names))
	if issuer != "" {
		options = append(options, jwt.WithIssuer(issuer))
	}
	if audience != "" {
		options = append(options, jwt.WithAudience(audience))
	}
	return jwt.NewParser(options...)
}

// Verify checks a credential as it stands in an Authorization header: "Bearer"
// and a JWT. The error is Unauthenticated, says what to do, and does not repeat
// the token; or it is Unavailable while the keys of the identity provider could
// never be read. It is an Expired where that is all that is wrong. Verify may wait for those keys, for keyWait at most.
func (v *Verifier) Verify(ctx context.Context, authorization string) (Token, error) {
	scheme, token, found := strings.Cut(strings.TrimSpace(authorization), " ")
	if !found || !strings.EqualFold(scheme, "Bearer") {
		return Token{}, collab.Errorf(collab.Unauthenticated, "sign in: send Authorization: Bearer <token>")
	}
	token = strings.TrimSpace(token)
	if len(token) > maxToken {
		return Token{}, refused
	}
	var c claims
	_, err := v.parser.ParseWithClaims(token, &c, func(t *jwt.Token) (any, error) { return v.key(ctx, t) })
	known, isKnown := errors.AsType[*collab.Error](err)
	switch {
	case errors.Is(err, jwt.ErrTokenInvalidClaims): // the signature was right
		return Token{}, c.refuse(err, tokenExpired, refused)
	case isKnown:
		return Token{}, known
	case err != nil:
		return Token{}, refused
	}
	return c.token(v.now(), tokenNowhere)
}

// key returns the keys that may have signed a token. Each kind of algorithm has
// its own keys: a public key that anybody can read is never taken for a secret.
// Keys that a token brings along, or points at, count for nothing.
func (v *Verifier) key(ctx context.Context, token *jwt.Token) (any, error) {
	alg := token.Method.Alg()
	kid, _ := token.Header["kid"].(string)
	switch _, critical := token.Header["crit"]; {
	case critical: // asks for an extension to be understood, and none is
		return nil, refused
	case alg == jwt.SigningMethodHS256.Alg():
		return v.secrets, nil
	case v.Keys == nil:
		return nil, refused
	}
	return v.Keys.find(ctx, kid, alg)
}

// Sign makes a token that Verify accepts until expires. It needs a secret.
func (v *Verifier) Sign(c collab.Claims, expires time.Time) (string, error) {
	if len(v.secrets.Keys) == 0 {
		return "", errors.New("there is no secret to sign with")
	}
	said := jwt.MapClaims{"sub": c.UserID, "org": c.OrganizationID, "exp": jwt.NewNumericDate(expires)}
	for name, value := range map[string]string{
		"iss": v.issuer, "aud": v.audience, "role": string(c.Role), "name": c.Name, "email": c.Email, "picture": c.Picture,
	} {
		if value != "" {
			said[name] = value
		}
	}
	if !c.IssuedAt.IsZero() {
		said["iat"] = jwt.NewNumericDate(c.IssuedAt.Time)
	}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, said).SignedString(v.secrets.Keys[0])
}

// InPayload returns the credential in the payload of a connection_init, {"authorization":
// "Bearer …"}, as Verify takes it, and whether there is one. A token alone will do: a
// payload has no other schemes. Of several names that differ in case, the one in small
// letters counts.
func InPayload(payload map[string]any) (authorization string, found bool) {
	for _, name := range slices.Sorted(maps.Keys(payload)) {
		if value := payload[name]; strings.EqualFold(name, "authorization") && value != nil {
			authorization, _ = value.(string)
			found = true
		}
	}
	authorization = strings.TrimSpace(authorization)
	if authorization != "" && !strings.Contains(authorization, " ") {
		authorization = "Bearer " + authorization
	}
	return authorization, found
}
