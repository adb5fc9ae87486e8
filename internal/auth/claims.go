package auth

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"tandem/internal/collab"
	"tandem/internal/wellformed"
)

// claims are the ones that count here, of a token or a session. Each is read by
// itself: an optional one of the wrong type is left out, and a required one is
// refused by its name. So is a date that is none.
type claims struct {
	subject, org                   claim[string]
	expiresAt, notBefore, issuedAt claim[*date]
	issuer                         claim[string]
	audience                       claim[jwt.ClaimStrings]
	role, name, email, picture     claim[string]

	malformed *collab.Error // why none of them can be believed
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

// UnmarshalJSON reads the claims by their names, byte for byte (RFC 7519, 10.1.1). It
// fails for what is no object. Claims that don't mean one thing are refused
// later, when the signature was found right and the issuer can be told why.
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
		"aud": &c.audience, "role": &c.role, "name": &c.name, "email": &c.email, "picture": &c.picture,
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
		return errors.New("this is no date")
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

// Why credentials are refused that were really issued, in words for their issuer.
var (
	errExpiryType  = collab.Errorf(collab.Unauthenticated, "exp must be a number: the second since 1970 at which the token expires, before the year 10000")
	errNoExpiry    = collab.Errorf(collab.Unauthenticated, "the token must say when it expires (exp)")
	errNotBefore   = collab.Errorf(collab.Unauthenticated, "nbf must be a number: the second since 1970 before which the token is not valid, before the year 10000")
	errIssuedAt    = collab.Errorf(collab.Unauthenticated, "iat must be a number: the second since 1970 at which the token was issued, before the year 10000")
	errSubjectType = collab.Errorf(collab.Unauthenticated, "sub must be a string that names the person; it is something else")
	errOrgType     = collab.Errorf(collab.Unauthenticated, "org must be a string that names the organization; it is something else")
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

// GetNotBefore returns nbf, for the validator. One that can't be read narrows the
// token in a way that can't be kept.
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

// token returns what the claims say, once they were found valid. What they open ends
// with exp. Credentials that come within the leeway after it are good until the leeway
// is over, or they would be accepted and refused in one breath.
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

// said returns what the claims say of a person, or what is wrong with them: nobody if
// they name none.
func (c claims) said(nobody *collab.Error) (said collab.Claims, wrong *collab.Error) {
	var user, org collab.ID
	switch {
	case c.subject.wrong:
		return said, errSubjectType
	case c.org.wrong:
		return said, errOrgType
	case c.issuedAt.wrong:
		return said, errIssuedAt
	case user.UnmarshalGQL(c.subject.value) != nil, org.UnmarshalGQL(c.org.value) != nil,
		user == "", org == "", org == collab.Deployment:
		return said, nobody
	}
	said = collab.Claims{
		UserID: user, OrganizationID: org, Role: collab.Role(c.role.value),
		Name: shorten(c.name.value), Email: shorten(c.email.value), Picture: shorten(c.picture.value),
	}
	if c.issuedAt.value != nil {
		said.IssuedAt = collab.At(c.issuedAt.value.Time)
	}
	return said, nil
}

// refuse returns how claims are refused that the validator finds err wrong with:
// as expired, or by what their issuer has to correct, or else as refused.
func (c claims) refuse(err error, expired, refused *collab.Error) error {
	known, isKnown := errors.AsType[*collab.Error](err)
	said, unnamed := c.said(refused)
	switch {
	case isKnown:
		return &issued{known}
	case !errors.Is(err, jwt.ErrTokenExpired):
		return &issued{refused}
	case unnamed != nil || !isNothingBut(err):
		return &issued{expired}
	}
	return &Expired{said, expired}
}

// isNothingBut reports whether claims that expired have nothing else wrong with them.
func isNothingBut(expired error) bool {
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

// maxClaim bounds a claim that is shown to others, in bytes.
const maxClaim = 1000

// shorten makes a claim fit to be shown: bounded, and of one line in which nothing hides.
func shorten(claim string) string {
	clean := collab.CleanLine(claim)
	if len(clean) > maxClaim {
		clean = strings.ToValidUTF8(clean[:maxClaim], "")
	}
	return clean
}
