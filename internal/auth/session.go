package auth

import (
	"crypto"
	"crypto/hkdf"
	"crypto/sha256"
	_ "crypto/sha512" // registers the hash of key ids
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"tandem/internal/collab"
)

// Reasons to refuse a session cookie, with remedies.
var (
	sessionRefused = collab.Errorf(collab.Unauthenticated, "the session cookie is not accepted here; sign in again")
	sessionOpaque  = collab.Errorf(collab.Unauthenticated,
		`the session cookie is not an encrypted token of Auth.js v5: set session: { strategy: "jwt" } there, or send Authorization: Bearer <token>`)
	sessionExpired = collab.Errorf(collab.Unauthenticated, "the session has expired; sign in again")
	sessionNowhere = collab.Errorf(collab.Unauthenticated,
		"the session must name a person (sub) and an organization (org): have the jwt callback of Auth.js set token.org, and sign in again")
)

// A sessionKey decrypts session cookies of one name.
type sessionKey struct {
	id  string // that Auth.js calls it by
	enc jose.ContentEncryption
	key []byte
}

// sessionEncryptions are the content encryptions of Auth.js v5, with the length of
// the key in bytes and the hash of the key's id.
var sessionEncryptions = []struct {
	enc    jose.ContentEncryption
	length int
	hash   crypto.Hash
}{
	{jose.A256CBC_HS512, 64, crypto.SHA512},
	{jose.A256GCM, 32, crypto.SHA256},
}

// sessionKeys derives the keys of a cookie as Auth.js does: from each secret, with
// the cookie's name as the salt. So a cookie counts under its own name only.
func sessionKeys(name string, secrets []string) []sessionKey {
	var keys []sessionKey
	for _, secret := range secrets {
		for _, e := range sessionEncryptions {
			info := "Auth.js Generated Encryption Key (" + name + ")"
			key, err := hkdf.Key(sha256.New, []byte(secret), []byte(name), info, e.length)
			if err != nil {
				continue // only FIPS mode refuses, and only a short secret
			}
			keys = append(keys, sessionKey{keyID(key, e.hash), e.enc, key})
		}
	}
	return keys
}

// keyID is the thumbprint of a key (RFC 7638), by which a token names it.
func keyID(key []byte, hash crypto.Hash) string {
	h := hash.New()
	h.Write([]byte(`{"k":"` + base64.RawURLEncoding.EncodeToString(key) + `","kty":"oct"}`))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// TakesSessions reports whether the verifier accepts session cookies, which it can decrypt only
// with a secret.
func (v *Verifier) TakesSessions() bool { return len(v.sessions) > 0 }

// VerifySession checks the session cookie of a request. Every failure is an
// Unauthenticated error with a remedy; an Expired if expiry is the only fault.
func (v *Verifier) VerifySession(s Session) (Token, error) {
	parts := strings.Split(s.value, ".")
	switch {
	case s.value == "" || len(s.value) > maxSession:
		return Token{}, sessionRefused
	case len(parts) != 5:
		return Token{}, sessionOpaque
	case parts[1] != "" || !hasUnambiguousHeader(s.value): // a key of its own, where there is none
		return Token{}, sessionRefused
	}
	encoded, err := v.decrypt(s)
	if err != nil {
		return Token{}, sessionRefused
	}
	var c claims
	if json.Unmarshal(encoded, &c) != nil {
		return Token{}, sessionRefused
	}
	if err := v.validator.Validate(c); err != nil {
		return Token{}, c.refuse(err, sessionExpired, sessionRefused)
	}
	return c.token(v.now(), sessionNowhere)
}

// decrypt returns the payload of a session. It refuses compressed sessions, which could be small
// and fill the memory when decompressed.
func (v *Verifier) decrypt(s Session) ([]byte, error) {
	sealed, err := jose.ParseEncryptedCompact(s.value,
		[]jose.KeyAlgorithm{jose.DIRECT}, []jose.ContentEncryption{jose.A256CBC_HS512, jose.A256GCM})
	if err != nil {
		return nil, err
	}
	if _, compressed := sealed.Header.ExtraHeaders["zip"]; compressed {
		return nil, sessionRefused
	}
	enc, _ := sealed.Header.ExtraHeaders["enc"].(string)
	for _, key := range v.sessions[s.name] {
		if string(key.enc) != enc || sealed.Header.KeyID != "" && sealed.Header.KeyID != key.id {
			continue
		}
		if opened, err := sealed.Decrypt(key.key); err == nil {
			return opened, nil
		}
	}
	return nil, sessionRefused
}
