package webpushtest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"tandem/internal/eventually"
)

// A Browser is one subscription.
type Browser struct {
	Endpoint, P256dh, Auth string

	service      *Service
	server       string // the public key that may send, or empty for any
	key          *ecdh.PrivateKey
	auth         []byte
	unsubscribed bool
	attempts     int
	messages     []Message
}

// A Message is what arrived, decrypted.
type Message struct {
	WebPush      int `json:"web_push"`
	Notification struct {
		Title, Body, Navigate, Tag string
		Data                       struct {
			ID       string  `json:"id"`
			Kind     string  `json:"kind"`
			EntityID *string `json:"entityId"`
			Count    int     `json:"count"`
			// SnoozedUntil is empty unless the message reminds of what was snoozed.
			SnoozedUntil string `json:"snoozedUntil"`
		}
	}
	AppBadge int `json:"app_badge"`

	Topic, Urgency string
	TTL            int
	Subject        string // the sub of the proof
	Bytes          int    // of the encrypted body
}

// Subscribe makes a subscription. server is the public key of the only server that may send; empty for any.
func (s *Service) Subscribe(server string) *Browser {
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	auth, name := make([]byte, 16), make([]byte, 16)
	_, _ = rand.Read(auth)
	_, _ = rand.Read(name)
	path := "/push/" + text(name)
	b := &Browser{
		Endpoint: s.URL + path, P256dh: text(key.PublicKey().Bytes()), Auth: text(auth),
		service: s, server: server, key: key, auth: auth,
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.browsers[path] = b
	return b
}

// Unsubscribe ends the subscription: messages to it are answered with 410.
func (b *Browser) Unsubscribe() {
	b.service.mu.Lock()
	defer b.service.mu.Unlock()
	b.unsubscribed = true
}

// Messages returns what arrived so far, oldest first.
func (b *Browser) Messages() []Message {
	b.service.mu.Lock()
	defer b.service.mu.Unlock()
	return append([]Message(nil), b.messages...)
}

// Attempts returns how many messages were sent to the browser, accepted or not.
func (b *Browser) Attempts() int {
	b.service.mu.Lock()
	defer b.service.mu.Unlock()
	return b.attempts
}

// WaitFor waits until a number of messages arrived, and returns all that did.
func (b *Browser) WaitFor(messages int) []Message {
	b.service.t.Helper()
	eventually.True(b.service.t, fmt.Sprintf("%d messages arrive", messages), func() bool { return len(b.Messages()) >= messages })
	return b.Messages()
}

var topics = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)

// open checks a request as a push service does, and decrypts it as a browser does.
func (b *Browser) open(r *http.Request, body []byte) (m Message, err error) {
	m.Bytes, m.Topic, m.Urgency = len(body), r.Header.Get("Topic"), r.Header.Get("Urgency")
	switch ttl, err := strconv.Atoi(r.Header.Get("TTL")); {
	case err != nil || ttl < 0:
		return m, errors.New("TTL is missing")
	case len(body) > 4096:
		return m, errors.New("the body is too long")
	case r.Header.Get("Content-Encoding") != "aes128gcm":
		return m, errors.New("the encoding is not aes128gcm")
	case !topics.MatchString(m.Topic):
		return m, fmt.Errorf("%q is not a topic", m.Topic)
	default:
		m.TTL = ttl
	}
	if m.Subject, err = b.checkProof(r.Header.Get("Authorization")); err != nil {
		return m, err
	}
	plain, err := b.decrypt(body)
	if err != nil {
		return m, err
	}
	err = json.Unmarshal(plain, &m)
	return m, err
}

// fieldsOf splits the proof of who sends into its scheme and its fields.
func fieldsOf(proof string) (scheme string, fields map[string]string) {
	fields = map[string]string{}
	scheme, rest, _ := strings.Cut(proof, " ")
	for field := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		fields[name] = value
	}
	return scheme, fields
}

// subjectOf returns how a sender's operators are reached, before the proof is checked.
func subjectOf(proof string) string {
	_, fields := fieldsOf(proof)
	claims := jwt.RegisteredClaims{}
	_, _, _ = jwt.NewParser().ParseUnverified(fields["t"], &claims)
	return claims.Subject
}

// checkProof checks that the server that may send did, and returns how its operators are reached (RFC 8292).
func (b *Browser) checkProof(header string) (subject string, err error) {
	scheme, fields := fieldsOf(header)
	if scheme != "vapid" || b.server != "" && fields["k"] != b.server {
		return "", errors.New("another server may send")
	}
	point, err := base64.RawURLEncoding.DecodeString(fields["k"])
	if err != nil {
		return "", err
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return "", err
	}
	claims := jwt.RegisteredClaims{}
	_, err = jwt.ParseWithClaims(fields["t"], &claims, func(*jwt.Token) (any, error) { return key, nil },
		jwt.WithValidMethods([]string{"ES256"}), jwt.WithAudience(b.service.origin()), jwt.WithExpirationRequired())
	if err == nil && time.Until(claims.ExpiresAt.Time) > 24*time.Hour {
		err = errors.New("the proof is valid for more than a day")
	}
	return claims.Subject, err
}

// decrypt decrypts a body of one record (RFC 8188, RFC 8291).
func (b *Browser) decrypt(body []byte) ([]byte, error) {
	const header = 16 + 4 + 1 + 65
	if len(body) < header+17 || body[20] != 65 || int(binary.BigEndian.Uint32(body[16:20])) < len(body)-header {
		return nil, errors.New("the body is not a single record")
	}
	salt, sender := body[:16], body[21:header]
	point, err := ecdh.P256().NewPublicKey(sender)
	if err != nil {
		return nil, err
	}
	shared, err := b.key.ECDH(point)
	if err != nil {
		return nil, err
	}
	derive := func(secret, salt []byte, info string, length int) []byte {
		key, deriveErr := hkdf.Key(sha256.New, secret, salt, info, length)
		err = errors.Join(err, deriveErr)
		return key
	}
	input := derive(shared, b.auth, "WebPush: info\x00"+string(b.key.PublicKey().Bytes())+string(sender), 32)
	key, nonce := derive(input, salt, "Content-Encoding: aes128gcm\x00", 16), derive(input, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	plain, err := gcm.Open(nil, nonce, body[header:], nil)
	if err != nil {
		return nil, err
	}
	content := strings.TrimRight(string(plain), "\x00")
	if !strings.HasSuffix(content, "\x02") {
		return nil, errors.New("the record is not the last one")
	}
	return []byte(strings.TrimSuffix(content, "\x02")), nil
}
