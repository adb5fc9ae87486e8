package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"tandem/internal/collab"
)

// provide starts an identity provider, and returns where its keys are and a token of it.
func provide(t *testing.T) (keysURL, token string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{KeyID: "1", Key: key.Public()}}})
	if err != nil {
		t.Fatal(err)
	}
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(set) }))
	t.Cleanup(provider.Close)
	unsigned := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"sub": "ada", "org": "acme", "role": "MEMBER", "aud": "tandem", "exp": time.Now().Add(time.Hour).Unix(),
	})
	unsigned.Header["kid"] = "1"
	if token, err = unsigned.SignedString(key); err != nil {
		t.Fatal(err)
	}
	return provider.URL, token
}

func TestTokensOfAnIdentityProvider(t *testing.T) {
	t.Parallel()
	keysURL, token := provide(t)
	settings := embedded(t)
	settings["AUTH_JWKS_URL"], settings["AUTH_AUDIENCE"] = keysURL, "tandem"
	at := start(t, settings)
	ada := &person{t: t, at: at, token: token}
	want(t, "viewer", ada.ask("{ viewer { user { id } } }", nil)["viewer"].(object)["user"], object{"id": "ada"})
	ada.connect()
	// A secret that is set besides counts too, for its own kind of token; this one names no audience.
	want(t, "code", join(t, at, "acme", "ben", collab.RoleMember).code("{ viewer { role } }", nil), "UNAUTHENTICATED")
}

// While no key was ever read, nobody can tell whether a token is good: the server
// starts all the same, and clients come back.
func TestKeysCannotBeRead(t *testing.T) {
	t.Parallel()
	_, token := provide(t)
	settings := embedded(t)
	settings["AUTH_SECRET"], settings["AUTH_JWKS_URL"] = "", "http://"+freeAddress(t)
	at := start(t, settings)
	ada := &person{t: t, at: at, token: token}
	answer := ada.do(http.MethodPost, "/graphql", nil, object{"query": "{ viewer { role } }"}).want(http.StatusServiceUnavailable)
	want(t, "Retry-After", answer.Header.Get("Retry-After"), "5")
	want(t, "code", decode(t, answer)["errors"].([]any)[0].(object)["extensions"].(object)["code"], "UNAVAILABLE")
	s := &socket{t: t, conn: dial(t, at)}
	s.write(object{"type": "connection_init", "payload": object{"authorization": "Bearer " + token}})
	want(t, "close code", s.closeCode(), 1013)
	status, _ := get(t, at.url+"/readyz")
	want(t, "readyz", status, http.StatusOK)
}
