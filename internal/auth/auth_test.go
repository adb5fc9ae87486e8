package auth_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"tandem/internal/auth"
	"tandem/internal/collab"
)

const (
	oldSecret = "the old secret, which is long enough too"
	newSecret = "the new secret, which is long enough too"
)

var (
	now = time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)
	ada = collab.Claims{UserID: "ada", OrganizationID: "acme", Role: collab.RoleMember, Name: "Ada"}
)

func verifier(issuer string, secrets ...string) *auth.Verifier {
	return auth.NewVerifier(secrets, issuer, "", func() time.Time { return now })
}

func sign(t *testing.T, secret string, claims collab.Claims, expires time.Time) string {
	t.Helper()
	token, err := verifier("", secret).Sign(claims, expires)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestVerify(t *testing.T) {
	t.Parallel()
	good := sign(t, newSecret, ada, now.Add(time.Hour))
	for name, authorization := range map[string]string{
		"a token":                   "Bearer " + good,
		"whatever the case":         "bearer  " + good + " ",
		"an older secret":           "Bearer " + sign(t, oldSecret, ada, now.Add(time.Hour)),
		"a clock that is off a bit": "Bearer " + sign(t, newSecret, ada, now.Add(-10*time.Second)),
	} {
		token, err := verifier("", newSecret, oldSecret).Verify(t.Context(), authorization)
		if err != nil || token.Claims != ada {
			t.Errorf("%s: got %+v, %v", name, token, err)
		}
	}
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	good := sign(t, newSecret, ada, now.Add(time.Hour))
	parts := strings.Split(good, ".")
	encode := base64.RawURLEncoding.EncodeToString
	nobody := ada
	nobody.UserID = ""
	nowhere := ada
	nowhere.OrganizationID = "a\x00b"
	everywhere := ada
	everywhere.OrganizationID = collab.Deployment
	for name, authorization := range map[string]string{
		"nothing":                 "",
		"no scheme":               good,
		"another scheme":          "Basic " + good,
		"no token":                "Bearer ",
		"another secret":          "Bearer " + sign(t, strings.Repeat("x", 40), ada, now.Add(time.Hour)),
		"expired":                 "Bearer " + sign(t, newSecret, ada, now.Add(-time.Minute)),
		"the algorithm none":      "Bearer " + encode([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + parts[1] + ".",
		"another algorithm":       "Bearer " + encode([]byte(`{"alg":"HS512","typ":"JWT"}`)) + "." + parts[1] + "." + parts[2],
		"changed claims":          "Bearer " + parts[0] + "." + encode([]byte(`{"sub":"eve","org":"acme","exp":9999999999}`)) + "." + parts[2],
		"nobody":                  "Bearer " + sign(t, newSecret, nobody, now.Add(time.Hour)),
		"a malformed tenant":      "Bearer " + sign(t, newSecret, nowhere, now.Add(time.Hour)),
		"the deployment":          "Bearer " + sign(t, newSecret, everywhere, now.Add(time.Hour)),
		"a token that never ends": "Bearer " + sign(t, newSecret, ada, time.Time{}),
	} {
		token, err := verifier("", newSecret).Verify(t.Context(), authorization)
		if collab.CodeOf(err) != collab.Unauthenticated {
			t.Errorf("%s: got %+v, %v", name, token, err)
		}
		if err != nil && strings.Contains(err.Error(), parts[1]) {
			t.Errorf("%s: the error repeats the token: %v", name, err)
		}
	}
	if _, err := verifier("https://issuer.example", newSecret).Verify(t.Context(), "Bearer "+good); collab.CodeOf(err) != collab.Unauthenticated {
		t.Errorf("a token without the issuer that is asked for: %v", err)
	}
}

// The claims of an expired token are trusted if nothing else is wrong with it.
func TestExpired(t *testing.T) {
	t.Parallel()
	old, forged := sign(t, newSecret, ada, now.Add(-time.Hour)), sign(t, strings.Repeat("x", 40), ada, now.Add(-time.Hour))
	for name, test := range map[string]struct {
		issuer, audience, token string
		believed                bool
	}{
		"expired":                    {"", "", old, true},
		"expired, of another secret": {"", "", forged, false},
		"expired, without an issuer": {"https://issuer.example", "", old, false},
		"expired, for nobody":        {"", "crm", old, false},
	} {
		v := auth.NewVerifier([]string{newSecret}, test.issuer, test.audience, func() time.Time { return now })
		token, err := v.Verify(t.Context(), "Bearer "+test.token)
		expired, is := errors.AsType[*auth.Expired](err)
		if is != test.believed || is && expired.Claims != ada || token != (auth.Token{}) || collab.CodeOf(err) != collab.Unauthenticated {
			t.Errorf("%s: %+v, %v", name, token, err)
		}
	}
}

func TestInPayload(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		payload map[string]any
		want    string
		found   bool
	}{
		{map[string]any{"authorization": "Bearer abc"}, "Bearer abc", true},
		{map[string]any{"Authorization": " Bearer abc "}, "Bearer abc", true},
		{map[string]any{"authorization": "abc"}, "Bearer abc", true},
		{map[string]any{"authorization": "Basic abc"}, "Basic abc", true},
		{map[string]any{"authorization": 7}, "", true},
		{map[string]any{"authorization": ""}, "", true},
		{map[string]any{"authorization": nil}, "", false},
		{map[string]any{"Authorization": "Bearer a", "authorization": nil}, "Bearer a", true},
		{map[string]any{"token": "abc"}, "", false},
		{nil, "", false},
	} {
		if got, found, err := auth.InPayload(tc.payload); got != tc.want || found != tc.found || err != nil {
			t.Errorf("%v: got %q, %v, %v", tc.payload, got, found, err)
		}
	}
	two := map[string]any{"Authorization": "Bearer a", "authorization": "Bearer b"}
	if got, found, err := auth.InPayload(two); got != "" || !found || collab.CodeOf(err) != collab.Unauthenticated {
		t.Errorf("of two: got %q, %v, %v", got, found, err)
	}
}

func TestClaimsAreFitToBeShown(t *testing.T) {
	t.Parallel()
	claims := ada
	claims.Name = "A\x1b[2Jd\u0085\u202ea\u2066\u2028\u200b\ufeff\u3164" + strings.Repeat("é", 1000)
	token, err := verifier("", newSecret).Verify(t.Context(), "Bearer "+sign(t, newSecret, claims, now.Add(time.Hour)))
	if err != nil || !strings.HasPrefix(token.Name, "A[2Jdaé") || len(token.Name) > 1000 {
		t.Errorf("got %q, %v", token.Name, err)
	}
}
