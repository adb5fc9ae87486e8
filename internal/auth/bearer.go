package auth

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"tandem/internal/collab"
	"tandem/internal/wellformed"
)

// maxToken bounds a bearer token, in bytes. Smaller, and tokens of providers that
// put all groups of a person into them are refused; larger, and a client that sends
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
	if len(token) > maxToken || !headed(token) {
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

// headed reports whether a token or a session has a JOSE header that means one thing.
// RFC 7515 (4) and 7516 (4) have headers with a name twice refused, and libraries
// differ in which of the two they take.
func headed(token string) bool {
	header, _, _ := strings.Cut(token, ".")
	decoded, err := base64.RawURLEncoding.DecodeString(header)
	if err != nil {
		return false
	}
	_, err = wellformed.Object(decoded)
	return err == nil
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

// errTwoCredentials refuses to choose.
var errTwoCredentials = collab.Errorf(collab.Unauthenticated, "the payload has several names that read authorization; send one")

// InPayload returns the credential in the payload of a connection_init, {"authorization":
// "Bearer …"}, as Verify takes it, and whether there is one. The name may be in any case, as
// that of the header, but a payload with two of them is refused. A token alone will do: a
// payload has no other schemes.
func InPayload(payload map[string]any) (authorization string, found bool, err error) {
	for name, value := range payload {
		if value == nil || !strings.EqualFold(name, "authorization") {
			continue
		}
		if found {
			return "", true, errTwoCredentials
		}
		authorization, _ = value.(string)
		found = true
	}
	authorization = strings.TrimSpace(authorization)
	if authorization != "" && !strings.Contains(authorization, " ") {
		authorization = "Bearer " + authorization
	}
	return authorization, found, nil
}
