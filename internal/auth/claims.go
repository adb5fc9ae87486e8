package auth

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"tandem/internal/collab"
)

// claims are the ones that count here, of a token or a session. Each is read by
// itself: an optional one of the wrong type is left out, and a required one is
// refused by its name.
type claims struct {
	Subject   claim[string]           `json:"sub"`
	Org       claim[string]           `json:"org"`
	ExpiresAt claim[*jwt.NumericDate] `json:"exp"`
	NotBefore claim[*jwt.NumericDate] `json:"nbf"`
	IssuedAt  claim[*jwt.NumericDate] `json:"iat"`
	Issuer    claim[string]           `json:"iss"`
	Audience  claim[jwt.ClaimStrings] `json:"aud"`
	Role      claim[string]           `json:"role"`
	Name      claim[string]           `json:"name"`
	Email     claim[string]           `json:"email"`
	Picture   claim[string]           `json:"picture"`
}

// A claim is one value of a token: the zero value if it is absent or of another type.
type claim[T any] struct {
	value T
	wrong bool // it is there, and of another type
}

// UnmarshalJSON reads the value. It never fails.
func (c *claim[T]) UnmarshalJSON(b []byte) error {
	var value T
	if c.wrong = json.Unmarshal(b, &value) != nil; c.wrong {
		value = *new(T)
	}
	c.value = value
	return nil
}

// Why credentials are refused that were really issued, in words for whoever issues them.
var (
	errExpiryType  = collab.Errorf(collab.Unauthenticated, "exp must be a number: the second since 1970 at which the token expires")
	errNoExpiry    = collab.Errorf(collab.Unauthenticated, "the token must say when it expires (exp)")
	errNotBefore   = collab.Errorf(collab.Unauthenticated, "nbf must be a number: the second since 1970 before which the token is not valid")
	errSubjectType = collab.Errorf(collab.Unauthenticated, "sub must be a string that names the person; it is something else")
	errOrgType     = collab.Errorf(collab.Unauthenticated, "org must be a string that names the organization; it is something else")
)

// GetExpirationTime returns exp, for the validator.
func (c claims) GetExpirationTime() (*jwt.NumericDate, error) {
	switch {
	case c.ExpiresAt.wrong:
		return nil, errExpiryType
	case c.ExpiresAt.value == nil:
		return nil, errNoExpiry
	}
	return c.ExpiresAt.value, nil
}

// GetNotBefore returns nbf, for the validator. One that can't be read narrows the
// token in a way that can't be kept.
func (c claims) GetNotBefore() (*jwt.NumericDate, error) {
	if c.NotBefore.wrong {
		return nil, errNotBefore
	}
	return c.NotBefore.value, nil
}

// GetIssuedAt returns iat, for the validator.
func (c claims) GetIssuedAt() (*jwt.NumericDate, error) { return c.IssuedAt.value, nil }

// GetIssuer returns iss, for the validator.
func (c claims) GetIssuer() (string, error) { return c.Issuer.value, nil }

// GetSubject returns sub, for the validator.
func (c claims) GetSubject() (string, error) { return c.Subject.value, nil }

// GetAudience returns aud, for the validator.
func (c claims) GetAudience() (jwt.ClaimStrings, error) { return c.Audience.value, nil }

// token returns what the claims say, once they were found valid. What they open ends
// with exp. Credentials that come within the leeway after it are good until the leeway
// is over, or they would be accepted and refused in one breath.
func (c claims) token(now time.Time, nobody *collab.Error) (Token, error) {
	said, wrong := c.said(nobody)
	if wrong != nil {
		return Token{}, &issued{wrong}
	}
	expires := c.ExpiresAt.value.Time
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
	case c.Subject.wrong:
		return said, errSubjectType
	case c.Org.wrong:
		return said, errOrgType
	case user.UnmarshalGQL(c.Subject.value) != nil, org.UnmarshalGQL(c.Org.value) != nil,
		user == "", org == "", org == collab.Deployment:
		return said, nobody
	}
	said = collab.Claims{
		UserID: user, OrganizationID: org, Role: collab.Role(c.Role.value),
		Name: shorten(c.Name.value), Email: shorten(c.Email.value), Picture: shorten(c.Picture.value),
	}
	if c.IssuedAt.value != nil {
		said.IssuedAt = collab.At(c.IssuedAt.value.Time)
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
