package auth_test

import (
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"tandem/internal/auth"
	"tandem/internal/collab"
)

// Ids that look the same are the same, so that nobody passes for another person or organization.
func TestIdsOfTokensObeyTheRuleOfIDs(t *testing.T) {
	t.Parallel()
	for _, claim := range []string{"sub", "org"} {
		for _, id := range []string{
			" ", " ada", "ada ", "\u00a0", "ada\u3000", "\u200b", "ada\u200b", "\u202eada", "\u3164", "\u2800", "ada\ufffe", "\ue000", "\U0001d159",
			"a\nda", "a\u2028da", "ada\x00", strings.Repeat("a", 256),
		} {
			for kind, verify := range asBoth(t, said(jwt.MapClaims{claim: id})) {
				token, err := verify()
				if collab.CodeOf(err) != collab.Unauthenticated || !strings.Contains(err.Error(), claim+" must have at most 255 bytes") || !auth.Issued(err) {
					t.Errorf("%s, %s = %q: got %+v, %v", kind, claim, id, token, err)
				}
			}
		}
		for _, id := range []string{"a", "CN=Ada Lovelace,O=Acme", "auth0|7", "می\u200cخواهم", strings.Repeat("a", 255)} {
			for kind, verify := range asBoth(t, said(jwt.MapClaims{claim: id})) {
				if _, err := verify(); err != nil {
					t.Errorf("%s, %s = %q: %v", kind, claim, id, err)
				}
			}
		}
	}
}

// Texts of a token that others see are left out if they show nothing or are not what they are taken for.
func TestTextsOfTokensObeyTheRulesOfTexts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ claim, value, want string }{
		{"name", "Ada\u200b  ", "Ada"}, {"name", "\u200b", ""}, {"name", "\u3164\u2800", ""}, {"name", "\U0001d159", ""}, {"name", "\ufffe\ue000", ""},
		{"name", " \u00a0", ""}, {"name", strings.Repeat("a", 999) + "é", strings.Repeat("a", 999)}, {"name", strings.Repeat("a", 999) + " b", strings.Repeat("a", 999)},
		{"email", "ada@example.com", "ada@example.com"}, {"email", "a b@example.com", ""}, {"email", "ada@exam\u00a0ple.com", ""},
		{"email", "ada\u200b@example.com", ""}, {"email", "Ada <ada@example.com>", ""}, {"email", "ada", ""}, {"email", " ", ""},
		{"email", strings.Repeat("a", 250) + "@b.c", strings.Repeat("a", 250) + "@b.c"}, {"email", strings.Repeat("a", 251) + "@b.c", ""},
		{"picture", "https://example.com/a.png", "https://example.com/a.png"}, {"picture", "https://example.com/a b.png", ""},
		{"picture", "https://example.com/\u202egnp.a", ""}, {"picture", "https://" + strings.Repeat("a", 1000), ""},
	} {
		for kind, verify := range asBoth(t, said(jwt.MapClaims{test.claim: test.value})) {
			token, err := verify()
			if err != nil {
				t.Fatal(err)
			}
			if got := map[string]string{"name": token.Name, "email": token.Email, "picture": token.Picture}[test.claim]; got != test.want {
				t.Errorf("%s, %s = %q: got %q, want %q", kind, test.claim, test.value, got, test.want)
			}
		}
	}
}
