package auth_test

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tandem/internal/auth"
	"tandem/internal/collab"
)

const (
	plainName  = "authjs.session-token"
	secureName = "__Secure-authjs.session-token"
)

// A vector is a session cookie that Auth.js made.
type vector struct {
	About, Name, Secret, Wrong string
	Cookies                    [][2]string
}

func vectors(t *testing.T) (out []vector) {
	t.Helper()
	encoded, err := os.ReadFile("testdata/sessions.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(encoded, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// bring verifies the session of a request with cookies, each a name and a value.
func bring(t *testing.T, v *auth.Verifier, cookies ...[2]string) (auth.Token, error) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "theme", Value: "dark"})
	for _, c := range cookies {
		r.AddCookie(&http.Cookie{Name: c[0], Value: c[1]})
	}
	session, found := auth.FindSession(r)
	if !found {
		return auth.Token{}, errNoCookie
	}
	return v.VerifySession(session)
}

var errNoCookie = collab.Errorf(collab.BadInput, "no session cookie")

func TestSessionsOfAuthJS(t *testing.T) {
	t.Parallel()
	for _, vec := range vectors(t) {
		other := "some other secret, which is newer"
		for _, secrets := range [][]string{{vec.Secret}, {other, vec.Secret}, {vec.Secret, other}} {
			token, err := bring(t, verifier("https://issuer.example", secrets...), vec.Cookies...)
			switch {
			case vec.Wrong != "":
				if collab.CodeOf(err) != collab.Unauthenticated || !strings.Contains(err.Error(), vec.Wrong) {
					t.Errorf("%s: got %+v, %v", vec.About, token, err)
				}
			case err != nil || token.UserID != "ada" || token.OrganizationID != "acme" || token.Role != collab.RoleMember ||
				token.Name != "Ada Lindqvist" || token.Email != "ada@acme.example" || token.Picture == "" || token.ExpiresAt.Before(now):
				t.Errorf("%s, %s: got %+v, %v", vec.About, vec.Name, token, err)
			}
		}
		if token, err := bring(t, verifier("", other), vec.Cookies...); collab.CodeOf(err) != collab.Unauthenticated {
			t.Errorf("another secret: got %+v, %v", token, err)
		}
	}
}

// seal makes a session as Auth.js would, or nearly.
func seal(t testing.TB, name string, enc jose.ContentEncryption, options *jose.EncrypterOptions, claims map[string]any) string {
	t.Helper()
	plain, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	return sealText(t, name, enc, options, plain)
}

// sealText encrypts a session that holds a text.
func sealText(t testing.TB, name string, enc jose.ContentEncryption, options *jose.EncrypterOptions, plain []byte) string {
	t.Helper()
	length := map[jose.ContentEncryption]int{jose.A256GCM: 32, jose.A256CBC_HS512: 64}[enc]
	key, err := hkdf.Key(sha256.New, []byte(newSecret), []byte(name), "Auth.js Generated Encryption Key ("+name+")", length)
	if err != nil {
		t.Fatal(err)
	}
	encrypter, err := jose.NewEncrypter(enc, jose.Recipient{Algorithm: jose.DIRECT, Key: key}, options)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := encrypter.Encrypt(plain)
	if err != nil {
		t.Fatal(err)
	}
	compact, err := sealed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return compact
}

func TestSessionsAreReadAsAuthJSReadsThem(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"no kid":          seal(t, plainName, jose.A256CBC_HS512, nil, said(nil)),
		"A256GCM":         seal(t, plainName, jose.A256GCM, nil, said(nil)),
		"expired by 14 s": seal(t, plainName, jose.A256GCM, nil, said(map[string]any{"exp": now.Add(-14 * time.Second).Unix()})),
		"a kid of 32 bytes": seal(t, plainName, jose.A256GCM, (&jose.EncrypterOptions{}).WithHeader("kid", thumbprintOfGCM(t)),
			said(nil)),
	} {
		if token, err := bring(t, verifier("", oldSecret, newSecret), [2]string{plainName, value}); err != nil || token.Claims != ada {
			t.Errorf("%s: got %+v, %v", name, token, err)
		}
	}
}

func TestForgedSessionsAreRefused(t *testing.T) {
	t.Parallel()
	good := seal(t, plainName, jose.A256CBC_HS512, nil, said(nil))
	parts := strings.Split(good, ".")
	change := func(part int, value string) string {
		changed := append([]string(nil), parts...)
		changed[part] = value
		return strings.Join(changed, ".")
	}
	header := func(json string) string { return change(0, base64.RawURLEncoding.EncodeToString([]byte(json))) }
	with := func(changes map[string]any) string { return seal(t, plainName, jose.A256CBC_HS512, nil, said(changes)) }
	option := func(name, value string) *jose.EncrypterOptions {
		return (&jose.EncrypterOptions{}).WithHeader(jose.HeaderKey(name), value)
	}
	for name, value := range map[string]string{
		"another secret":       strings.Replace(good, parts[3], vectorPart(t, 3), 1),
		"a changed header":     header(`{"alg":"dir","enc":"A256CBC-HS512","x":1}`),
		"a changed iv":         change(2, flip(parts[2])),
		"a changed text":       change(3, flip(parts[3])),
		"a changed tag":        change(4, flip(parts[4])),
		"a short tag":          change(4, parts[4][:10]),
		"no tag":               change(4, ""),
		"an encrypted key":     change(1, "AAAA"),
		"another name":         seal(t, secureName, jose.A256CBC_HS512, nil, said(nil)),
		"alg none":             header(`{"alg":"none","enc":"A256CBC-HS512"}`),
		"alg A256KW":           header(`{"alg":"A256KW","enc":"A256CBC-HS512"}`),
		"alg PBES2":            header(`{"alg":"PBES2-HS256+A128KW","enc":"A256CBC-HS512","p2c":1000000000,"p2s":"AAAAAAAAAAAAAAAA"}`),
		"enc A128GCM":          header(`{"alg":"dir","enc":"A128GCM"}`),
		"enc of the other key": header(`{"alg":"dir","enc":"A256GCM"}`),
		"crit":                 seal(t, plainName, jose.A256GCM, option("crit", "x"), said(nil)),
		"kid of nobody":        seal(t, plainName, jose.A256GCM, option("kid", "x"), said(nil)),
		"zip":                  seal(t, plainName, jose.A256CBC_HS512, &jose.EncrypterOptions{Compression: jose.DEFLATE}, said(nil)),
		"expired by 16 s":      with(map[string]any{"exp": now.Add(-16 * time.Second).Unix()}),
		"that never expires":   with(map[string]any{"exp": nil}),
		"not valid yet":        with(map[string]any{"nbf": now.Add(16 * time.Second).Unix()}),
		"nobody":               with(map[string]any{"sub": nil}),
		"nowhere":              with(map[string]any{"org": nil}),
		"control characters":   with(map[string]any{"org": "ac\x00me"}),
		"of a database":        "c0ffee00-1111-2222-3333-444455556666",
		"a signed token":       sign(t, newSecret, ada, now.Add(time.Hour)),
		"65 KiB":               with(map[string]any{"x": strings.Repeat("x", 50<<10)}),
		"empty parts":          "....",
	} {
		token, err := bring(t, verifier("", newSecret), [2]string{plainName, value})
		if collab.CodeOf(err) != collab.Unauthenticated {
			t.Errorf("%s: got %+v, %v", name, token, err)
		}
	}
}

// flip changes a character in the middle, whose bits all count.
func flip(part string) string {
	at := len(part) / 2
	other := "A"
	if part[at] == 'A' {
		other = "B"
	}
	return part[:at] + other + part[at+1:]
}

func vectorPart(t *testing.T, n int) string {
	return strings.Split(vectors(t)[0].Cookies[0][1], ".")[n]
}

func TestWhatIsWrongWithASession(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"c0ffee00-1111-2222-3333-444455556666":                                                `strategy: "jwt"`,
		seal(t, plainName, jose.A256GCM, nil, said(map[string]any{"org": nil})):               "jwt callback",
		seal(t, plainName, jose.A256GCM, nil, said(map[string]any{"exp": now.Unix() - 1000})): "expired",
	} {
		if _, err := bring(t, verifier("", newSecret), [2]string{plainName, value}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func thumbprintOfGCM(t *testing.T) string {
	key, err := hkdf.Key(sha256.New, []byte(newSecret), []byte(plainName), "Auth.js Generated Encryption Key ("+plainName+")", 32)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(`{"k":"` + base64.RawURLEncoding.EncodeToString(key) + `","kty":"oct"}`))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
