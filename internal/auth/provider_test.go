package auth_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"tandem/internal/auth"
)

// A provider is an identity provider that publishes its keys over HTTP.
type provider struct {
	t     *testing.T
	url   string
	reads atomic.Int64

	mu     sync.Mutex // guards what follows
	answer http.HandlerFunc
}

// provide returns a provider that publishes keys.
func provide(t *testing.T, keys ...jose.JSONWebKey) *provider {
	p := &provider{t: t}
	p.publish(keys...)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.reads.Add(1)
		p.mu.Lock()
		answer := p.answer
		p.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

// answers has the provider answer with whatever is written.
func (p *provider) answers(answer http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = answer
}

func (p *provider) publish(keys ...jose.JSONWebKey) {
	body, err := json.Marshal(jose.JSONWebKeySet{Keys: keys})
	if err != nil {
		p.t.Fatal(err)
	}
	p.answers(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
}

func (p *provider) down() {
	p.answers(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
}

// A clock is set by the test.
type clock struct{ atomic.Int64 }

func (c *clock) now() time.Time           { return now.Add(time.Duration(c.Load())) }
func (c *clock) advance(by time.Duration) { c.Add(int64(by)) }

// verifier returns a verifier of the provider's tokens, which also knows a secret.
func (p *provider) verifier() (*auth.Verifier, *clock) {
	c := &clock{}
	v := auth.NewVerifier([]string{newSecret}, "https://idp.example", "tandem", c.now)
	v.Keys = auth.NewKeys(p.url, slog.New(slog.DiscardHandler), c.now)
	return v, c
}

// The private keys of the tests. Making RSA keys takes long, so it is done once.
var (
	rsaKey    = sync.OnceValue(func() *rsa.PrivateKey { return newRSA(2048) })
	shortRSA  = sync.OnceValue(func() *rsa.PrivateKey { return newRSA(1024) })
	ecKey     = sync.OnceValue(func() *ecdsa.PrivateKey { return newEC(elliptic.P256()) })
	otherEC   = sync.OnceValue(func() *ecdsa.PrivateKey { return newEC(elliptic.P256()) })
	ec384     = sync.OnceValue(func() *ecdsa.PrivateKey { return newEC(elliptic.P384()) })
	edwardKey = sync.OnceValue(func() ed25519.PrivateKey { _, key, _ := ed25519.GenerateKey(rand.Reader); return key })
)

func newRSA(bits int) *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic(err)
	}
	return key
}

func newEC(curve elliptic.Curve) *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

// public returns the public half of a key, as it is published.
func public(id string, key crypto.Signer) jose.JSONWebKey {
	return jose.JSONWebKey{KeyID: id, Key: key.Public(), Use: "sig"}
}

// said are claims that the provider's verifier accepts.
func said(changes jwt.MapClaims) jwt.MapClaims {
	claims := jwt.MapClaims{
		"iss": "https://idp.example", "aud": "tandem", "sub": "ada", "org": "acme", "role": "MEMBER", "name": "Ada",
		"exp": now.Add(time.Hour).Unix(),
	}
	for name, value := range changes {
		if claims[name] = value; value == nil {
			delete(claims, name)
		}
	}
	return claims
}

// issue signs a token.
func issue(t testing.TB, method jwt.SigningMethod, key any, header map[string]any, claims jwt.MapClaims) string {
	t.Helper()
	token := jwt.NewWithClaims(method, claims)
	for name, value := range header {
		token.Header[name] = value
	}
	signed, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// withAlg says another algorithm of a token than the one that signed it.
func withAlg(t *testing.T, token, alg string) string {
	t.Helper()
	parts := strings.Split(token, ".")
	header, err := json.Marshal(map[string]any{"alg": alg, "kid": "e"})
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(header) + "." + parts[1] + "." + parts[2]
}

// pemOf is a public key as it is often handed out.
func pemOf(t *testing.T, key crypto.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}
