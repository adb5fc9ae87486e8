package auth_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"tandem/internal/auth"
	"tandem/internal/collab"
)

func kid(id string) map[string]any { return map[string]any{"kid": id} }

func TestTokensOfAnIdentityProvider(t *testing.T) {
	t.Parallel()
	p := provide(t, public("r", rsaKey()), public("e", ecKey()), public("d", edwardKey()))
	v, _ := p.verifier()
	for name, token := range map[string]string{
		"RS256":           issue(t, jwt.SigningMethodRS256, rsaKey(), kid("r"), said(nil)),
		"PS256":           issue(t, jwt.SigningMethodPS256, rsaKey(), kid("r"), said(nil)),
		"ES256":           issue(t, jwt.SigningMethodES256, ecKey(), kid("e"), said(nil)),
		"EdDSA":           issue(t, jwt.SigningMethodEdDSA, edwardKey(), kid("d"), said(nil)),
		"no kid":          issue(t, jwt.SigningMethodES256, ecKey(), nil, said(nil)),
		"a secret's":      issue(t, jwt.SigningMethodHS256, []byte(newSecret), nil, said(nil)),
		"some audiences":  issue(t, jwt.SigningMethodES256, ecKey(), kid("e"), said(jwt.MapClaims{"aud": []string{"x", "tandem"}})),
		"expired by 14 s": issue(t, jwt.SigningMethodES256, ecKey(), kid("e"), said(jwt.MapClaims{"exp": now.Add(-14 * time.Second).Unix()})),
		"valid in 14 s":   issue(t, jwt.SigningMethodES256, ecKey(), kid("e"), said(jwt.MapClaims{"nbf": now.Add(14 * time.Second).Unix()})),
	} {
		if token, err := v.Verify(t.Context(), "Bearer "+token); err != nil || token.Claims != ada {
			t.Errorf("%s: got %+v, %v", name, token, err)
		}
	}
	if p.reads.Load() != 1 {
		t.Errorf("the keys were read %d times", p.reads.Load())
	}
}

// Each is a way to be let in with a token that nobody signed, or for somebody else's
// application. None of them makes the server ask anybody for keys.
func TestForgedTokensAreRefused(t *testing.T) {
	t.Parallel()
	p := provide(t, public("r", rsaKey()), public("e", ecKey()), public("d", edwardKey()), public("s", shortRSA()), public("3", ec384()))
	trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a token made the server fetch keys") }))
	t.Cleanup(trap.Close)
	v, _ := p.verifier()
	es := func(header map[string]any, changes jwt.MapClaims) string {
		return issue(t, jwt.SigningMethodES256, ecKey(), header, said(changes))
	}
	forged := func(header map[string]any) string {
		return issue(t, jwt.SigningMethodES256, otherEC(), header, said(nil))
	}
	publicPEM := pemOf(t, rsaKey().Public())
	for name, token := range map[string]string{
		"another key":                    forged(kid("e")),
		"none":                           issue(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, kid("e"), said(nil)),
		"NONE":                           withAlg(t, es(kid("e"), nil), "NONE"),
		"no signature":                   strings.Join(strings.SplitAfter(es(kid("e"), nil), ".")[:2], ""),
		"HS256 with the public RSA key":  issue(t, jwt.SigningMethodHS256, publicPEM, kid("r"), said(nil)),
		"HS256 with no key":              issue(t, jwt.SigningMethodHS256, []byte{}, kid("r"), said(nil)),
		"HS512":                          issue(t, jwt.SigningMethodHS512, []byte(newSecret), nil, said(nil)),
		"RS512":                          issue(t, jwt.SigningMethodRS512, rsaKey(), kid("r"), said(nil)),
		"RS256 by the name of an EC key": issue(t, jwt.SigningMethodRS256, rsaKey(), kid("e"), said(nil)),
		"an EC signature as RS256":       withAlg(t, es(kid("e"), nil), "RS256"),
		"an EC signature as HS256":       withAlg(t, es(kid("e"), nil), "HS256"),
		"a short RSA key":                issue(t, jwt.SigningMethodRS256, shortRSA(), kid("s"), said(nil)),
		"a key that is not published":    forged(kid("x")),
		"jwk":                            forged(map[string]any{"jwk": public("e", otherEC())}),
		"jwk of a known name":            forged(map[string]any{"jwk": public("e", otherEC()), "kid": "e"}),
		"jku":                            forged(map[string]any{"jku": trap.URL, "kid": "x"}),
		"x5u":                            forged(map[string]any{"x5u": trap.URL, "kid": "x"}),
		"kid that is an address":         forged(kid(trap.URL)),
		"crit":                           es(map[string]any{"kid": "e", "crit": []string{"exp"}}, nil),
		"crit that is empty":             es(map[string]any{"kid": "e", "crit": nil}, nil),
		"another issuer":                 es(kid("e"), jwt.MapClaims{"iss": "https://idp.example.evil"}),
		"no issuer":                      es(kid("e"), jwt.MapClaims{"iss": nil}),
		"another audience":               es(kid("e"), jwt.MapClaims{"aud": "other"}),
		"no audience":                    es(kid("e"), jwt.MapClaims{"aud": nil}),
		"expired by 16 s":                es(kid("e"), jwt.MapClaims{"exp": now.Add(-16 * time.Second).Unix()}),
		"that never expires":             es(kid("e"), jwt.MapClaims{"exp": nil}),
		"not valid yet":                  es(kid("e"), jwt.MapClaims{"nbf": now.Add(16 * time.Second).Unix()}),
		"nobody":                         es(kid("e"), jwt.MapClaims{"sub": nil}),
		"nowhere":                        es(kid("e"), jwt.MapClaims{"org": nil}),
		"a number as a person":           es(kid("e"), jwt.MapClaims{"sub": 7}),
		"control characters":             es(kid("e"), jwt.MapClaims{"org": "ac\nme"}),
		"17 KiB":                         es(kid("e"), jwt.MapClaims{"groups": strings.Repeat("x", 17<<10)}),
		"an encrypted token":             vectors(t)[0].Cookies[0][1],
	} {
		token, err := v.Verify(t.Context(), "Bearer "+token)
		if collab.CodeOf(err) != collab.Unauthenticated {
			t.Errorf("%s: got %+v, %v", name, token, err)
		}
	}
}

// Without a secret no token of that kind counts, not even one that an empty secret signed.
func TestWithoutASecret(t *testing.T) {
	t.Parallel()
	p := provide(t, public("e", ecKey()))
	v := auth.NewVerifier(nil, "", "", func() time.Time { return now })
	v.Keys = auth.NewKeys(p.url, slog.New(slog.DiscardHandler), time.Now)
	for _, secret := range []string{"", newSecret} {
		if token, err := v.Verify(t.Context(), "Bearer "+issue(t, jwt.SigningMethodHS256, []byte(secret), nil, said(nil))); err == nil {
			t.Errorf("got %+v", token)
		}
	}
	if _, err := v.Verify(t.Context(), "Bearer "+issue(t, jwt.SigningMethodES256, ecKey(), kid("e"), said(nil))); err != nil {
		t.Error(err)
	}
	if _, err := v.Sign(ada, now); err == nil {
		t.Error("signed without a secret")
	}
	if v.TakesSessions() {
		t.Error("session cookies are looked at")
	}
}

// A key is for what its use and its algorithm say.
func TestKeysForOtherUses(t *testing.T) {
	t.Parallel()
	forEncryption, forPS := public("enc", rsaKey()), public("ps", rsaKey())
	forEncryption.Use, forPS.Algorithm = "enc", "PS256"
	secret := jose.JSONWebKey{KeyID: "oct", Key: []byte(oldSecret), Use: "sig"}
	private := jose.JSONWebKey{KeyID: "private", Key: otherEC(), Use: "sig"}
	p := provide(t, forEncryption, forPS, secret, private)
	v, _ := p.verifier()
	for name, token := range map[string]string{
		"for encryption":        issue(t, jwt.SigningMethodRS256, rsaKey(), kid("enc"), said(nil)),
		"for another algorithm": issue(t, jwt.SigningMethodRS256, rsaKey(), kid("ps"), said(nil)),
		"a published secret":    issue(t, jwt.SigningMethodHS256, []byte(oldSecret), kid("oct"), said(nil)),
		"a published private":   issue(t, jwt.SigningMethodES256, otherEC(), kid("private"), said(nil)),
	} {
		if token, err := v.Verify(t.Context(), "Bearer "+token); err == nil {
			t.Errorf("%s: got %+v", name, token)
		}
	}
	if _, err := v.Verify(t.Context(), "Bearer "+issue(t, jwt.SigningMethodPS256, rsaKey(), kid("ps"), said(nil))); err != nil {
		t.Error(err)
	}
	// A set without any key that can be used is as if it could not be read.
	v, _ = provide(t, public("3", ec384()), public("s", shortRSA()), forEncryption, secret, private).verifier()
	if _, err := v.Verify(t.Context(), "Bearer "+issue(t, jwt.SigningMethodES256, ecKey(), kid("3"), said(nil))); collab.CodeOf(err) != collab.Unavailable {
		t.Errorf("got %v", err)
	}
}

// A new key works as soon as a token names it; a withdrawn key works until the keys are read again.
func TestKeysAreReplaced(t *testing.T) {
	t.Parallel()
	p := provide(t, public("old", ecKey()))
	v, clock := p.verifier()
	before := "Bearer " + issue(t, jwt.SigningMethodES256, ecKey(), kid("old"), said(nil))
	after := "Bearer " + issue(t, jwt.SigningMethodES256, otherEC(), kid("new"), said(nil))
	verify := func(what, token string, want collab.Code) {
		t.Helper()
		_, err := v.Verify(t.Context(), token)
		if want == "" && err != nil || want != "" && collab.CodeOf(err) != want {
			t.Errorf("%s: got %v", what, err)
		}
	}
	verify("the old key", before, "")
	p.publish(public("new", otherEC()))
	verify("a new key, a moment after the keys were read", after, collab.Unauthenticated)
	clock.advance(10 * time.Second)
	verify("a new key", after, "")
	verify("a key that was withdrawn", before, collab.Unauthenticated)
}

// A client that makes up names of keys does not make the server flood the provider.
func TestUnknownKeysAreAskedForSeldom(t *testing.T) {
	t.Parallel()
	p := provide(t, public("e", ecKey()))
	v, clock := p.verifier()
	var flood sync.WaitGroup
	for i := range 500 {
		if i%100 == 0 {
			flood.Wait()
			clock.advance(4 * time.Second) // 20 s in all
		}
		token := "Bearer " + issue(t, jwt.SigningMethodES256, otherEC(), kid(fmt.Sprint("made up ", i)), said(nil))
		flood.Go(func() {
			if _, err := v.Verify(t.Context(), token); collab.CodeOf(err) != collab.Unauthenticated {
				t.Errorf("got %v", err)
			}
		})
	}
	flood.Wait()
	if reads := p.reads.Load(); reads > 2 {
		t.Errorf("the keys were read %d times in 20 s", reads)
	}
}

// Known keys stay good while the provider is away, and what it says then changes nothing.
func TestProviderIsAway(t *testing.T) {
	t.Parallel()
	p := provide(t)
	p.down()
	v, clock := p.verifier()
	known := "Bearer " + issue(t, jwt.SigningMethodES256, ecKey(), kid("e"), said(nil))
	unknown := "Bearer " + issue(t, jwt.SigningMethodES256, otherEC(), kid("x"), said(nil))
	if _, err := v.Verify(t.Context(), known); collab.CodeOf(err) != collab.Unavailable {
		t.Errorf("before any key was read: %v", err)
	}
	p.publish(public("e", ecKey()))
	clock.advance(10 * time.Second)
	if _, err := v.Verify(t.Context(), known); err != nil {
		t.Fatal(err)
	}
	strange, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{public("x", otherEC())}})
	if err != nil {
		t.Fatal(err)
	}
	for name, answer := range map[string]http.HandlerFunc{
		"status":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) },
		"no JSON":  func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"no keys":  func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"keys":[]}`)) },
		"bad keys": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"keys":[7,{"kty":"RSA"}]}`)) },
		"too much": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(append(strange, bytes.Repeat([]byte(" "), 1<<20)...))
		},
		"redirect":   func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, trapKeys(t), http.StatusFound) },
		"break down": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		p.answers(answer)
		clock.advance(10 * time.Second)
		reads := p.reads.Load()
		if _, err := v.Verify(t.Context(), unknown); collab.CodeOf(err) != collab.Unauthenticated {
			t.Errorf("%s: an unknown key: %v", name, err)
		}
		if p.reads.Load() == reads {
			t.Errorf("%s: the keys were not read", name)
		}
		if _, err := v.Verify(t.Context(), known); err != nil {
			t.Errorf("%s: a known key: %v", name, err)
		}
	}
}

// trapKeys is where keys are that nobody may follow a redirect to.
func trapKeys(t *testing.T) string { return provide(t, public("x", otherEC())).url }

// Nobody waits for a provider that does not answer for longer than they want to.
func TestProviderHangs(t *testing.T) {
	t.Parallel()
	p := provide(t)
	end := make(chan struct{})
	t.Cleanup(func() { close(end) })
	p.answers(func(http.ResponseWriter, *http.Request) { <-end })
	v, _ := p.verifier()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.Verify(ctx, "Bearer "+issue(t, jwt.SigningMethodES256, ecKey(), kid("e"), said(nil))); collab.CodeOf(err) != collab.Unavailable {
		t.Errorf("got %v", err)
	}
}

func TestWhereKeysMayBe(t *testing.T) {
	t.Parallel()
	for address, fit := range map[string]bool{
		"https://idp.example/keys": true, "http://localhost:8080/keys": true, "http://127.0.0.1/keys": true, "http://[::1]:1/keys": true,
		"http://idp.example/keys": false, "http://localhost.evil.example": false, "http://10.0.0.1/keys": false, "ftp://localhost/keys": false,
		"keys": false, "https://": false, "file:///keys": false, ":": false,
	} {
		if err := auth.CheckKeysURL(address); (err == nil) != fit {
			t.Errorf("%s: got %v", address, err)
		}
	}
}

func TestKeysAgeWhileProviderIsAway(t *testing.T) {
	t.Parallel()
	p := provide(t, public("e", ecKey()))
	v, clock := p.verifier()
	want := func(when string, keys int, old time.Duration) {
		t.Helper()
		if known, age := v.Keys.Stats(); known != keys || age != old {
			t.Errorf("%s: %d keys, which are %v old, want %d and %v", when, known, age, keys, old)
		}
	}
	want("before they are read", 0, 0)
	if _, err := v.Verify(t.Context(), "Bearer "+issue(t, jwt.SigningMethodES256, ecKey(), kid("e"), said(nil))); err != nil {
		t.Fatal(err)
	}
	want("when they are read", 1, 0)
	p.down()
	clock.advance(20 * time.Second)
	if _, err := v.Verify(t.Context(), "Bearer "+issue(t, jwt.SigningMethodES256, otherEC(), kid("x"), said(nil))); err == nil {
		t.Error("an unknown key was accepted")
	}
	want("after a read that failed", 1, 20*time.Second)
}
