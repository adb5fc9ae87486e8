package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tandem/internal/wellformed"
)

const (
	// maxKeys bounds the answer of the identity provider, in bytes.
	maxKeys = 1 << 20
	// keysTimeout bounds one reading of the keys, from the beginning to the end.
	keysTimeout = 5 * time.Second
	// minRSA is the minimum length of an RSA key, in bits (RFC 7518, 3.3).
	minRSA = 2048
)

// A publicKey is a key that the identity provider signs with.
type publicKey struct {
	id  string // or ""
	alg string // the only algorithm that it is for; "" leaves it to the kind of the key
	key crypto.PublicKey
}

// signatures has the supported algorithms of identity providers, with a check whether a key fits.
var signatures = map[string]func(crypto.PublicKey) bool{
	"RS256": isRSA,
	"PS256": isRSA,
	"ES256": func(key crypto.PublicKey) bool {
		k, is := key.(*ecdsa.PublicKey)
		return is && k.Curve == elliptic.P256()
	},
	"EdDSA": func(key crypto.PublicKey) bool { _, is := key.(ed25519.PublicKey); return is },
}

func isRSA(key crypto.PublicKey) bool {
	k, is := key.(*rsa.PublicKey)
	return is && k.N.BitLen() >= minRSA
}

// makes reports whether the key may make signatures with an algorithm.
func (k publicKey) makes(alg string) bool {
	return (k.alg == "" || k.alg == alg) && signatures[alg](k.key)
}

// newKeyClient returns the client that reads keys. It follows no redirects:
// the keys come only from the address that the operator set.
func newKeyClient() *http.Client {
	return &http.Client{
		Timeout:       keysTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// fetchKeys reads the keys that an address publishes.
func fetchKeys(client *http.Client, address string) ([]publicKey, error) {
	response, err := client.Get(address)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the answer was %s; redirects are not followed", response.Status)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxKeys+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxKeys {
		return nil, fmt.Errorf("the answer has more than %d bytes", maxKeys)
	}
	return parseKeys(body)
}

// parseKeys reads a JWK set. It skips keys that can't be used here, because a
// provider may have keys for other purposes; a set without usable keys is an error.
func parseKeys(body []byte) ([]publicKey, error) {
	set, err := wellformed.Object(body)
	var keys []json.RawMessage
	if err != nil || json.Unmarshal(set["keys"], &keys) != nil {
		return nil, errors.New("the answer is not a JWK set, or has a name twice")
	}
	var usable []publicKey
	for _, encoded := range keys {
		var key jose.JSONWebKey
		if json.Unmarshal(encoded, &key) != nil || key.Use != "" && key.Use != "sig" {
			continue
		}
		public := publicKey{id: key.KeyID, alg: key.Algorithm, key: key.Key}
		for alg := range signatures {
			if public.makes(alg) {
				usable = append(usable, public)
				break
			}
		}
	}
	if len(usable) == 0 {
		return nil, errors.New("the answer has no key for RS256, PS256, ES256 or EdDSA")
	}
	return usable, nil
}

// CheckKeysURL returns an error unless keys may be read from an address. Over plain
// HTTP, anybody on the network path could insert a key of their own.
func CheckKeysURL(address string) error {
	u, err := url.Parse(address)
	if err == nil && u.Hostname() != "" {
		ip, err := netip.ParseAddr(u.Hostname())
		local := u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
		if u.Scheme == "https" || u.Scheme == "http" && local {
			return nil
		}
	}
	return errors.New("it must begin with https://, or with http:// for this machine, " +
		"since a person who can change what is read there can sign in as anybody")
}
