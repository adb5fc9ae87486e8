package auth_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"tandem/internal/auth"
	"tandem/internal/collab"
)

// written signs a header and claims as they are written.
func written(t *testing.T, method jwt.SigningMethod, key any, header, claims string) string {
	t.Helper()
	text := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
	signature, err := method.Sign(text, key)
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func keysAt(p *provider) *auth.Keys {
	return auth.NewKeys(p.url, slog.New(slog.DiscardHandler), func() time.Time { return now })
}

// everyCredential returns what is said of claims as they are written: in a token that is signed
// with a secret, in one of an identity provider, and in a session.
func everyCredential(t *testing.T, claims string) map[string]func() (auth.Token, error) {
	t.Helper()
	v := verifier("", newSecret)
	v.Keys = keysAt(provide(t, public("e", ecKey())))
	verify := func(token string) func() (auth.Token, error) {
		return func() (auth.Token, error) { return v.Verify(t.Context(), "Bearer "+token) }
	}
	session := sealText(t, plainName, jose.A256GCM, nil, []byte(claims))
	return map[string]func() (auth.Token, error){
		"secret":   verify(written(t, jwt.SigningMethodHS256, []byte(newSecret), `{"alg":"HS256"}`, claims)),
		"provider": verify(written(t, jwt.SigningMethodES256, ecKey(), `{"alg":"ES256","kid":"e"}`, claims)),
		"session":  func() (auth.Token, error) { return bring(t, v, [2]string{plainName, session}) },
	}
}

// Names of claims are compared byte for byte (RFC 7519): a claim of another name, which a
// provider may let people choose, is never taken for one that counts.
func TestClaimsAreReadByTheirExactNames(t *testing.T) {
	t.Parallel()
	good := fmt.Sprintf(`"sub":"eve","org":"mine","role":"VIEWER","exp":%d`, now.Unix()+60)
	for _, other := range []string{
		`"Org":"victim","Role":"ADMIN"`, `"SUB":"ada"`, `"\u017fub":"ada"`, "\"\u017fub\":\"ada\"", `"EXP":1`, `"Nbf":9999999999`, `"Name":"Ada"`, `"ROLE":"ADMIN"`, `"IAT":"x"`,
	} {
		for _, claims := range []string{"{" + good + "," + other + "}", "{" + other + "," + good + "}"} {
			for kind, verify := range everyCredential(t, claims) {
				token, err := verify()
				want := collab.Claims{UserID: "eve", OrganizationID: "mine", Role: collab.RoleViewer}
				if err != nil || token.Claims != want || token.ExpiresAt.Unix() != now.Unix()+60 {
					t.Errorf("%s, %s: got %+v, %v", kind, claims, token, err)
				}
			}
		}
	}
	for kind, verify := range everyCredential(t, strings.ToUpper("{"+good+"}")) {
		if token, err := verify(); collab.CodeOf(err) != collab.Unauthenticated {
			t.Errorf("%s, in capitals: got %+v, %v", kind, token, err)
		}
	}
}

// Claims that could be read in two ways are refused, in words for their issuer.
func TestClaimsThatMeanTwoThingsAreRefused(t *testing.T) {
	t.Parallel()
	good := fmt.Sprintf(`"sub":"ada","org":"acme","exp":%d`, now.Unix()+60)
	for other, says := range map[string]string{
		`"org":"victim"`: "a claim twice", `"org":"acme"`: "a claim twice", `"s\u0075b":"eve"`: "a claim twice", `"x":{"y":1,"y":2}`: "a claim twice",
		`"x":"p\ud83d"`: "not Unicode", `"name":"\ude00"`: "not Unicode", "\"name\":\"\xff\"": "not Unicode", "\"\xed\xa0\xbd\":1": "not Unicode",
	} {
		for kind, verify := range everyCredential(t, "{"+good+","+other+"}") {
			if token, err := verify(); collab.CodeOf(err) != collab.Unauthenticated || !strings.Contains(err.Error(), says) || !auth.Issued(err) {
				t.Errorf("%s, %q: got %+v, %v", kind, other, token, err)
			}
		}
	}
	for _, id := range []string{`"p\ud83d"`, `"p\ude00"`, "\"p\xff\""} { // would all be one person
		for _, claims := range []string{`{"sub":%s,"org":"acme","exp":%d}`, `{"org":%s,"sub":"ada","exp":%d}`} {
			for kind, verify := range everyCredential(t, fmt.Sprintf(claims, id, now.Unix()+60)) {
				if token, err := verify(); collab.CodeOf(err) != collab.Unauthenticated {
					t.Errorf("%s, %q: got %+v, %v", kind, id, token, err)
				}
			}
		}
	}
}

// The same of the headers of tokens and sessions.
func TestHeadersThatMeanTwoThingsAreRefused(t *testing.T) {
	t.Parallel()
	v := verifier("", newSecret)
	claims := fmt.Sprintf(`{"sub":"ada","org":"acme","exp":%d}`, now.Unix()+60)
	for header, fine := range map[string]bool{
		`{"alg":"HS256"}`: true, `{"alg":"HS256","Alg":"none"}`: true,
		`{"alg":"none","alg":"HS256"}`: false, `{"ALG":"HS256"}`: false, `{"alg":"HS256","kid":"a","k\u0069d":"b"}`: false, `{"alg":"HS256","x":"\ud83d"}`: false, `["HS256"]`: false,
	} {
		token := written(t, jwt.SigningMethodHS256, []byte(newSecret), header, claims)
		if got, err := v.Verify(t.Context(), "Bearer "+token); (err == nil) != fine {
			t.Errorf("%s: got %+v, %v", header, got, err)
		}
	}
	session := seal(t, plainName, jose.A256GCM, nil, said(nil))
	_, rest, _ := strings.Cut(session, ".")
	for _, header := range []string{`{"alg":"none","alg":"dir","enc":"A256GCM"}`, `{"ALG":"dir","enc":"A256GCM"}`, `{"alg":"dir","enc":"A256GCM","kid":"\ud83d"}`} {
		forged := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + rest
		if got, err := bring(t, v, [2]string{plainName, forged}); err == nil {
			t.Errorf("%s: got %+v", header, got)
		}
	}
}

// And of the keys that a provider publishes.
func TestKeySetsAreReadByTheirExactNames(t *testing.T) {
	t.Parallel()
	token := written(t, jwt.SigningMethodES256, ecKey(), `{"alg":"ES256","kid":"e"}`, fmt.Sprintf(`{"sub":"ada","org":"acme","exp":%d}`, now.Unix()+60))
	encoded, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{public("e", ecKey())}})
	if err != nil {
		t.Fatal(err)
	}
	published := string(encoded)
	for set, fine := range map[string]bool{
		published: true,
		strings.Replace(published, `"keys"`, `"Keys"`, 1):                             false,
		strings.Replace(published, `{"keys"`, `{"keys":[],"keys"`, 1):                 false,
		strings.ReplaceAll(published, `"crv"`, `"CRV"`):                               false,
		strings.ReplaceAll(published, `"crv":"P-256"`, `"crv":"P-256","crv":"P-256"`): false,
	} {
		v := verifier("", newSecret)
		p := provide(t)
		p.answers(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(set)) })
		v.Keys = keysAt(p)
		if _, err := v.Verify(t.Context(), "Bearer "+token); (err == nil) != fine {
			t.Errorf("%.200s: %v", set, err)
		}
	}
}
