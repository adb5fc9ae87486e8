package webpush

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	// proofLifetime is how long a signed proof of the sender is valid. A push service accepts at most 24 hours.
	proofLifetime = 12 * time.Hour
	// proofRenewal is how long before its end a proof is replaced.
	proofRenewal = time.Hour
	// mostProofs bounds the proofs that are kept, one for each push service.
	mostProofs = 1000
)

// An Identity signs the messages of a server, so that push services accept only those of the server that a browser
// subscribed to.
type Identity struct {
	key     *ecdsa.PrivateKey
	public  string
	subject string
	now     func() time.Time

	mu     sync.Mutex // guards proofs; innermost
	proofs map[string]proof
}

// A proof is the header for one push service.
type proof struct {
	header string
	until  time.Time // by the wall clock, which push services have too
}

// isGood reports whether push services accept the proof for some time. They refuse it if its end is too far away, because the clock was ahead
// when it was made.
func (p proof) isGood(now time.Time) bool {
	left := p.until.Sub(now)
	return left > proofRenewal && left <= proofLifetime
}

// ErrIdentity is the error of a key that can't sign.
var ErrIdentity = errors.New("a VAPID private key must be the 32 bytes of a key of P-256, as base64url")

// NewPrivateKey returns a new private key, as ParseIdentity reads it.
func NewPrivateKey() (string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", err
	}
	raw, err := key.Bytes()
	return base64.RawURLEncoding.EncodeToString(raw), err
}

// ParseIdentity reads a private key: 32 bytes in base64url. subject is a mailto: or https: URL at which the operators of a
// push service reach those of the server; without one it is left out. The error is ErrIdentity.
func ParseIdentity(private, subject string, now func() time.Time) (*Identity, error) {
	raw, err := decode(private)
	if err != nil {
		return nil, ErrIdentity
	}
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
	if err != nil {
		return nil, ErrIdentity
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		return nil, ErrIdentity
	}
	return &Identity{
		key: key, public: base64.RawURLEncoding.EncodeToString(point), subject: subject, now: now, proofs: make(map[string]proof),
	}, nil
}

// PublicKey returns the key for PushManager.subscribe: 65 bytes in base64url.
func (i *Identity) PublicKey() string { return i.public }

// Has reports whether a text is the public key, in base64url.
func (i *Identity) Has(public string) bool {
	point, err := decode(public)
	return err == nil && base64.RawURLEncoding.EncodeToString(point) == i.public
}

// header returns the value of Authorization for an origin.
func (i *Identity) header(origin string) (string, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	// Round drops the monotonic clock, which stands still while the machine is suspended.
	now := i.now().Round(0)
	if kept, ok := i.proofs[origin]; ok && kept.isGood(now) {
		return kept.header, nil
	}
	until := now.Add(proofLifetime)
	claims := jwt.MapClaims{"aud": origin, "exp": until.Unix()}
	if i.subject != "" {
		claims["sub"] = i.subject
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodES256, claims).SignedString(i.key)
	if err != nil {
		return "", err
	}
	if len(i.proofs) >= mostProofs {
		clear(i.proofs)
	}
	header := "vapid t=" + token + ", k=" + i.public
	i.proofs[origin] = proof{header, until}
	return header, nil
}
