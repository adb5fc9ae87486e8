package signin_test

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
	"tandem/internal/servertest"
)

// provide starts an identity provider, and returns the URL of its keys and a token of it.
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
	settings := servertest.Embedded(t)
	settings["AUTH_JWKS_URL"], settings["AUTH_AUDIENCE"] = keysURL, "tandem"
	at := servertest.Start(t, settings)
	ada := &servertest.Person{T: t, At: at, Token: token}
	ada.Ask("{ viewer { user { id } } }", nil).Is(`{"viewer": {"user": {"id": "ada"}}}`)
	ada.Connect()
	// A secret that is set as well is valid too, for its own kind of token; this token names no audience.
	servertest.Want(t, "code", servertest.Join(t, at, "acme", "ben", collab.RoleMember).Code("{ viewer { role } }", nil), "UNAUTHENTICATED")
}

// Until a key has been read, the server can't tell whether a token is good: it starts all the same, and clients
// come back.
func TestKeysCannotBeRead(t *testing.T) {
	t.Parallel()
	_, token := provide(t)
	settings := servertest.Embedded(t)
	settings["AUTH_SECRET"], settings["AUTH_JWKS_URL"] = "", "http://"+servertest.FreeAddress(t)
	at := servertest.Start(t, settings)
	ada := &servertest.Person{T: t, At: at, Token: token}
	answer := ada.Do(http.MethodPost, "/graphql", nil, servertest.Object{"query": "{ viewer { role } }"}).Want(http.StatusServiceUnavailable)
	servertest.Want(t, "Retry-After", answer.Header.Get("Retry-After"), "5")
	servertest.Want(t, "code", answer.Answer().Code(), "UNAVAILABLE")
	s := &servertest.Socket{T: t, Conn: servertest.Dial(t, at)}
	s.Write(servertest.Object{"type": "connection_init", "payload": servertest.Object{"authorization": "Bearer " + token}})
	servertest.Want(t, "close code", s.CloseCode(), 1013)
	status, _ := servertest.Get(t, at.URL+"/readyz")
	servertest.Want(t, "readyz", status, http.StatusOK)
}

func TestSigningKeysAreMeasured(t *testing.T) {
	t.Parallel()
	keysURL, token := provide(t)
	settings := servertest.Embedded(t)
	settings["AUTH_JWKS_URL"], settings["AUTH_AUDIENCE"], settings["METRICS_ADDR"] = keysURL, "tandem", servertest.FreeAddress(t)
	ada := &servertest.Person{T: t, At: servertest.Start(t, settings), Token: token}
	ada.Ask("{ viewer { role } }", nil)
	metricsAt := "http://" + settings["METRICS_ADDR"] + "/metrics"
	servertest.WantSeries(t, metricsAt, "tandem_signing_keys", 1)
	_, scrape := servertest.Get(t, metricsAt)
	if age := servertest.Value(scrape, "tandem_signing_keys_age_seconds"); age <= 0 || age > servertest.Patience.Seconds() {
		t.Errorf("the keys are %v s old", age)
	}
}
