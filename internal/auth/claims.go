package auth

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"tandem/internal/collab"
	"tandem/internal/wellformed"
)

// claims are the claims of a token or session that the server uses. Each is read separately: an
// optional claim of the wrong type is left out, and a required one is refused by name. An invalid
// date counts as a wrong type.
type claims struct {
	subject, org                   claim[string]
	expiresAt, notBefore, issuedAt claim[*date]
	issuer                         claim[string]
	audience                       claim[jwt.ClaimStrings]
	role, name, email, picture     claim[string]
	emailVerified                  claim[*bool]

	malformed *collab.Error // why none of them can be trusted
}

// A claim is one value of a token: the zero value if it is absent or of another type.
type claim[T any] struct {
	value T
	wrong bool // it is there, and of another type
}

func (c *claim[T]) read(encoded json.RawMessage) {
	var value T
	if c.wrong = json.Unmarshal(encoded, &value) != nil; !c.wrong {
		c.value = value
	}
}

// UnmarshalJSON reads the claims by their names, byte for byte (RFC 7519, 10.1.1). It fails for
// anything but an object. Ambiguous claims are refused later, after the signature has been
// verified, so that the reason can be given to the issuer.
func (c *claims) UnmarshalJSON(b []byte) error {
	said, err := wellformed.Object(b)
	switch {
	case errors.Is(err, wellformed.ErrRepeated):
		c.malformed = errRepeated
		return nil
	case errors.Is(err, wellformed.ErrText):
		c.malformed = errText
		return nil
	case err != nil:
		return err
	}
	for name, claim := range map[string]interface{ read(json.RawMessage) }{
		"sub": &c.subject, "org": &c.org, "exp": &c.expiresAt, "nbf": &c.notBefore, "iat": &c.issuedAt, "iss": &c.issuer,
		"aud": &c.audience, "role": &c.role, "name": &c.name, "email": &c.email, "email_verified": &c.emailVerified, "picture": &c.picture,
	} {
		if value, has := said[name]; has {
			claim.read(value)
		}
	}
	return nil
}

// A date is a NumericDate of RFC 7519: a second since 1970, in a year of four digits.
type date struct{ jwt.NumericDate }

// lastDate is the second before the year 10000.
const lastDate = 253402300799

// UnmarshalJSON reads a number.
func (d *date) UnmarshalJSON(b []byte) error {
	var seconds float64
	if err := json.Unmarshal(b, &seconds); err != nil {
		return err
	}
	if seconds < 0 || seconds > lastDate {
		return errors.New("this is not a date")
	}
	return d.NumericDate.UnmarshalJSON(b)
}

// numeric returns the date for the validator.
func (d *date) numeric() *jwt.NumericDate {
	if d == nil {
		return nil
	}
	return &d.NumericDate
}

// Reasons to refuse credentials with a valid signature, written for their issuer.
var (
	errExpiryType  = collab.Errorf(collab.Unauthenticated, "exp must be a number: the second since 1970 at which the token expires, before the year 10000")
	errNoExpiry    = collab.Errorf(collab.Unauthenticated, "the token must say when it expires (exp)")
	errNotBefore   = collab.Errorf(collab.Unauthenticated, "nbf must be a number: the second since 1970 before which the token is not valid, before the year 10000")
	errIssuedAt    = collab.Errorf(collab.Unauthenticated, "iat must be a number: the second since 1970 at which the token was issued, before the year 10000")
	errSubjectType = collab.Errorf(collab.Unauthenticated, "sub must be a string that names the person; it is something else")
	errOrgType     = collab.Errorf(collab.Unauthenticated, "org must be a string that names the organization; it is something else")
	errSubject     = collab.Errorf(collab.Unauthenticated, "sub must have at most 255 bytes on one line, no invisible characters, and no blank at its beginning or end")
	errOrg         = collab.Errorf(collab.Unauthenticated, "org must have at most 255 bytes on one line, no invisible characters, and no blank at its beginning or end")
	errRepeated    = collab.Errorf(collab.Unauthenticated, "the token has a claim twice; each must be there once")
	errText        = collab.Errorf(collab.Unauthenticated, "the token has text that is not Unicode: invalid UTF-8, or a lone surrogate like \\ud83d")
)

// GetExpirationTime returns exp, for the validator.
func (c claims) GetExpirationTime() (*jwt.NumericDate, error) {
	switch {
	case c.malformed != nil:
		return nil, c.malformed
	case c.expiresAt.wrong:
		return nil, errExpiryType
	case c.expiresAt.value == nil:
		return nil, errNoExpiry
	}
	return c.expiresAt.value.numeric(), nil
}

// GetNotBefore returns nbf, for the validator. An unreadable nbf is refused, because ignoring it
// would accept the token too early.
func (c claims) GetNotBefore() (*jwt.NumericDate, error) {
	if c.notBefore.wrong {
		return nil, errNotBefore
	}
	return c.notBefore.value.numeric(), nil
}

// GetIssuedAt returns iat, for the validator.
func (c claims) GetIssuedAt() (*jwt.NumericDate, error) { return c.issuedAt.value.numeric(), nil }

// GetIssuer returns iss, for the validator.
func (c claims) GetIssuer() (string, error) { return c.issuer.value, nil }

// GetSubject returns sub, for the validator.
func (c claims) GetSubject() (string, error) { return c.subject.value, nil }

// GetAudience returns aud, for the validator.
func (c claims) GetAudience() (jwt.ClaimStrings, error) { return c.audience.value, nil }

// token returns the claims of valid credentials. Connections that they open end at exp. Credentials
// that arrive within the leeway after exp are valid until the leeway is over; otherwise they would
// be accepted and closed at once.
func (c claims) token(now time.Time, nobody *collab.Error) (Token, error) {
	said, wrong := c.said(nobody)
	if wrong != nil {
		return Token{}, &issued{wrong}
	}
	expires := c.expiresAt.value.Time
	if !now.Before(expires) {
		expires = expires.Add(leeway)
	}
	return Token{Claims: said, ExpiresAt: expires}, nil
}

// said returns the person that the claims describe, or the faults of the claims: nobody if they name
// no person.
func (c claims) said(nobody *collab.Error) (said collab.Claims, wrong *collab.Error) {
	var user, org collab.ID
	switch {
	case c.subject.wrong:
		return said, errSubjectType
	case c.org.wrong:
		return said, errOrgType
	case c.issuedAt.wrong:
		return said, errIssuedAt
	case user.UnmarshalGQL(c.subject.value) != nil:
		return said, errSubject
	case org.UnmarshalGQL(c.org.value) != nil:
		return said, errOrg
	case user == "", org == "", org == collab.Deployment:
		return said, nobody
	}
	said = collab.Claims{
		UserID: user, OrganizationID: org, Role: collab.Role(c.role.value),
		Name: c.name.value, Email: c.email.value, Picture: c.picture.value,
	}
	if verified := c.emailVerified.value; verified != nil && !*verified {
		said.Email = "" // digests would go to somebody who may be a stranger
	}
	said.Clean()
	if c.issuedAt.value != nil {
		said.IssuedAt = collab.At(c.issuedAt.value.Time)
	}
	return said, nil
}

// refuse returns the error for claims that the validator refused with err: expired, a fault that
// the issuer has to correct, or otherwise refused.
func (c claims) refuse(err error, expired, refused *collab.Error) error {
	known, isKnown := errors.AsType[*collab.Error](err)
	said, unnamed := c.said(refused)
	switch {
	case isKnown:
		return &issued{known}
	case !errors.Is(err, jwt.ErrTokenExpired):
		return &issued{refused}
	case unnamed != nil || !onlyExpired(err):
		return &issued{expired}
	}
	return &Expired{said, expired}
}

// onlyExpired reports whether expiry is the only fault of the claims.
func onlyExpired(expired error) bool {
	for _, wrong := range []error{
		jwt.ErrTokenInvalidIssuer, jwt.ErrTokenInvalidAudience, jwt.ErrTokenRequiredClaimMissing,
		jwt.ErrTokenNotValidYet, jwt.ErrTokenUsedBeforeIssued,
	} {
		if errors.Is(expired, wrong) {
			return false
		}
	}
	return true
}
