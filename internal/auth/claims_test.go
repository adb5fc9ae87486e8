package auth_test

import (
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"tandem/internal/auth"
	"tandem/internal/collab"
)

// asBoth returns what a verifier says of claims as a bearer token and as a session.
func asBoth(t *testing.T, claims jwt.MapClaims) map[string]func() (auth.Token, error) {
	t.Helper()
	v := verifier("", newSecret)
	token := issue(t, jwt.SigningMethodHS256, []byte(newSecret), nil, claims)
	session := seal(t, plainName, jose.A256GCM, nil, claims)
	return map[string]func() (auth.Token, error){
		"token":   func() (auth.Token, error) { return v.Verify(t.Context(), "Bearer "+token) },
		"session": func() (auth.Token, error) { return bring(t, v, [2]string{plainName, session}) },
	}
}

func TestOptionalClaimsOfAWrongTypeAreLeftOut(t *testing.T) {
	t.Parallel()
	for _, wrong := range []any{false, 7, 1.5, []string{"ADMIN"}, map[string]any{"given": "Ada"}, nil} {
		for _, name := range []string{"role", "name", "email", "picture", "iss", "aud"} {
			for kind, verify := range asBoth(t, said(jwt.MapClaims{name: wrong})) {
				token, err := verify()
				if err != nil || token.UserID != "ada" || token.OrganizationID != "acme" {
					t.Errorf("%s, %s = %v: got %+v, %v", kind, name, wrong, token, err)
				}
			}
		}
	}
	everything := said(jwt.MapClaims{"role": []string{"ADMIN"}, "name": 1, "email": false, "picture": map[string]any{}})
	for kind, verify := range asBoth(t, everything) {
		if token, err := verify(); err != nil || token.Claims != (collab.Claims{UserID: "ada", OrganizationID: "acme"}) {
			t.Errorf("%s: got %+v, %v", kind, token, err)
		}
	}
}

func TestUnverifiedAddressesAreLeftOut(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		verified any
		want     string
	}{{true, "ada@example.com"}, {false, ""}, {nil, "ada@example.com"}, {"false", "ada@example.com"}} {
		for kind, verify := range asBoth(t, said(jwt.MapClaims{"email": "ada@example.com", "email_verified": tc.verified})) {
			if token, err := verify(); err != nil || token.Email != tc.want {
				t.Errorf("%s, %v: got %q, %v", kind, tc.verified, token.Email, err)
			}
		}
	}
}

func TestRequiredClaimsOfAWrongTypeAreRefusedByName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		claim string
		value any
		says  string
	}{
		{"sub", 7, "sub must be a string"}, {"sub", []string{"ada"}, "sub must be a string"}, {"org", 7, "org must be a string"},
		{"org", map[string]any{"id": "acme"}, "org must be a string"}, {"org", false, "org must be a string"},
		{"exp", "tomorrow", "exp must be a number"}, {"exp", true, "exp must be a number"}, {"exp", nil, "must say when it expires"},
		{"exp", "1900000000", "exp must be a number"}, {"exp", 1e300, "exp must be a number"}, {"exp", -1, "exp must be a number"}, {"exp", 253402300800, "exp must be a number"},
		{"nbf", "yesterday", "nbf must be a number"}, {"nbf", []int{1}, "nbf must be a number"}, {"nbf", 1e300, "nbf must be a number"}, {"nbf", "0", "nbf must be a number"},
		{"iat", "0", "iat must be a number"}, {"iat", false, "iat must be a number"}, {"iat", 1e300, "iat must be a number"}, {"iat", -1, "iat must be a number"},
	} {
		for kind, verify := range asBoth(t, said(jwt.MapClaims{test.claim: test.value})) {
			token, err := verify()
			if collab.CodeOf(err) != collab.Unauthenticated || !strings.Contains(err.Error(), test.says) || !auth.Issued(err) {
				t.Errorf("%s, %s = %v: got %+v, %v", kind, test.claim, test.value, token, err)
			}
		}
	}
	// A client without a key learns nothing of what is expected.
	forged := issue(t, jwt.SigningMethodHS256, []byte(strings.Repeat("x", 40)), nil, said(jwt.MapClaims{"sub": 7}))
	if _, err := verifier("", newSecret).Verify(t.Context(), "Bearer "+forged); err == nil || strings.Contains(err.Error(), "sub") || auth.Issued(err) {
		t.Errorf("a forged token: %v", err)
	}
}

// Credentials are accepted until the leeway after exp is over. Connections that they open in the
// leeway stay open until then, so that no connection is acknowledged and closed at once.
func TestCredentialsPastTheirExpiryAreKeptForTheLeeway(t *testing.T) {
	t.Parallel()
	for past, kept := range map[time.Duration]time.Duration{-time.Hour: 0, -time.Second: 0, 0: 15 * time.Second, 14 * time.Second: 15 * time.Second} {
		exp := now.Add(-past)
		for kind, verify := range asBoth(t, said(jwt.MapClaims{"exp": exp.Unix()})) {
			if token, err := verify(); err != nil || !token.ExpiresAt.Equal(exp.Add(kept)) || !token.ExpiresAt.After(now) {
				t.Errorf("%s, %v past: kept until %v, %v", kind, past, token.ExpiresAt, err)
			}
		}
	}
	for kind, verify := range asBoth(t, said(jwt.MapClaims{"exp": now.Add(-15 * time.Second).Unix()})) {
		if _, err := verify(); collab.CodeOf(err) != collab.Unauthenticated {
			t.Errorf("%s, 15 s past: %v", kind, err)
		}
	}
}

func TestIssued(t *testing.T) {
	t.Parallel()
	old := jwt.MapClaims{"exp": now.Add(-time.Hour).Unix()}
	v := auth.NewVerifier([]string{newSecret}, "https://idp.example", "", func() time.Time { return now })
	for name, test := range map[string]struct {
		key    string
		claims jwt.MapClaims
		issued bool
	}{
		"expired":             {newSecret, said(old), true},
		"for another service": {newSecret, said(jwt.MapClaims{"iss": "https://other.example"}), true},
		"not valid yet":       {newSecret, said(jwt.MapClaims{"nbf": now.Add(time.Hour).Unix()}), true},
		"of nobody":           {newSecret, said(jwt.MapClaims{"sub": nil}), true},
		"forged":              {strings.Repeat("x", 40), said(nil), false},
		"forged and expired":  {strings.Repeat("x", 40), said(old), false},
	} {
		token := issue(t, jwt.SigningMethodHS256, []byte(test.key), nil, test.claims)
		if _, err := v.Verify(t.Context(), "Bearer "+token); err == nil || auth.Issued(err) != test.issued {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Anybody can sign with an empty key.
func TestAnEmptySecretAcceptsNothing(t *testing.T) {
	t.Parallel()
	v := verifier("", "")
	token := issue(t, jwt.SigningMethodHS256, []byte{}, nil, said(nil))
	if got, err := v.Verify(t.Context(), "Bearer "+token); collab.CodeOf(err) != collab.Unauthenticated {
		t.Errorf("got %+v, %v", got, err)
	}
	if v.TakesSessions() {
		t.Error("sessions that anybody can encrypt are looked at")
	}
}
