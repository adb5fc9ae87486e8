package delivery

import (
	"net/url"
	"strings"
	"testing"

	"tandem/internal/collab"
)

// tokenOf returns the token of a link.
func tokenOf(t *testing.T, link string) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil || u.Scheme+"://"+u.Host+u.Path != "https://crm.example/unsubscribe" {
		t.Fatalf("the link is %q (%v)", link, err)
	}
	return u.Query().Get("token")
}

func TestLinks(t *testing.T) {
	t.Parallel()
	links := Links{PublicURL: "https://crm.example", Key: []byte("a key")}
	link := links.Unsubscribe("acme", `ada "|&`, "ada@example.com")
	if strings.Contains(link, "ada@") {
		t.Errorf("the link has the address: %s", link)
	}
	orgID, userID, isTo, ok := links.Open(tokenOf(t, link))
	if !ok || orgID != "acme" || userID != `ada "|&` || !isTo("ada@example.com") || isTo("ben@example.com") || isTo("") {
		t.Errorf("got %s, %s, %t", orgID, userID, ok)
	}
}

// No other token is accepted: not with another byte, of another key, or with another person under a signature.
func TestForgedLinks(t *testing.T) {
	t.Parallel()
	links := Links{PublicURL: "https://crm.example", Key: []byte("a key")}
	token := tokenOf(t, links.Unsubscribe("acme", "ada", "ada@example.com"))
	claims, signature, _ := strings.Cut(token, ".")
	others, _, _ := strings.Cut(tokenOf(t, links.Unsubscribe("acme", collab.ID("ben"), "ben@example.com")), ".")
	forged := []string{
		token + "=", token + "\n", claims + "\n." + signature, token + ".", token[:len(token)-1] + "_", "", ".", claims, claims + ".", "." + signature, others + "." + signature, claims + "." + claims,
		tokenOf(t, Links{PublicURL: "https://crm.example", Key: []byte("another key")}.Unsubscribe("acme", "ada", "ada@example.com")),
	}
	for i := range len(token) {
		if token[i] != '.' {
			forged = append(forged, token[:i]+string(token[i]^1)+token[i+1:])
		}
	}
	for _, text := range forged {
		if _, userID, _, ok := links.Open(text); ok {
			t.Errorf("%q is accepted, for %s", text, userID)
		}
	}
}
