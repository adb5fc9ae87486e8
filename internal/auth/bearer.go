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

// maxToken bounds a bearer token, in bytes. A lower bound refuses tokens of providers that list all
// groups of a person. A higher one makes the server decode more for a client that sends nonsense.
const maxToken = 16 << 10

// Reasons to refuse a token with a valid signature.
var (
	tokenExpired = collab.Errorf(collab.Unauthenticated, "the token has expired; get a fresh one")
	errNobody    = collab.Errorf(collab.Unauthenticated, "the token must name a person (sub) and an organization (org)")
)

// newParser returns the parser of bearer tokens. key decides which algorithms are allowed.
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

// Verify checks the value of an Authorization header: "Bearer" and a JWT. The error is
// Unauthenticated, with a remedy and without the token; or it is Unavailable until the
// keys of the identity provider have been read once. It is an Expired if the token's age is the
// only fault. Verify may wait for those keys, at most refreshWait.
func (v *Verifier) Verify(ctx context.Context, authorization string) (Token, error) {
	scheme, token, found := strings.Cut(strings.TrimSpace(authorization), " ")
	if !found || !strings.EqualFold(scheme, "Bearer") {
		return Token{}, collab.Errorf(collab.Unauthenticated, "sign in: send Authorization: Bearer <token>")
	}
	token = strings.TrimSpace(token)
	if len(token) > maxToken || !hasUnambiguousHeader(token) {
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
	return c.token(v.now(), errNobody)
}

// hasUnambiguousHeader reports whether a token or a session has an unambiguous JOSE header. RFC 7515 (4) and 7516
// (4) require that a header with a repeated name is refused, and libraries differ in which of the
// two values they use.
func hasUnambiguousHeader(token string) bool {
	header, _, _ := strings.Cut(token, ".")
	decoded, err := base64.RawURLEncoding.DecodeString(header)
	if err != nil {
		return false
	}
	_, err = wellformed.Object(decoded)
	return err == nil
}

// key returns the keys that may have signed a token. Each kind of algorithm has its own keys, so a
// public key is never used as a secret. Keys that a token contains or points at are ignored.
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

// errTwoCredentials refuses a payload that has more than one credential.
var errTwoCredentials = collab.Errorf(collab.Unauthenticated, "the payload has several names that read authorization; send one")

// InPayload returns the credential in the payload of a connection_init, {"authorization": "Bearer
// …"}, in the form that Verify expects, and whether there is one. The name may be in any case, like
// that of the header, but a payload with two of them is refused. "Bearer" may be left out, because
// a payload supports no other scheme.
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
