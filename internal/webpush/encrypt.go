package webpush

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
)

const (
	// maxBody is what every push service accepts, in bytes (RFC 8030, section 7.2).
	maxBody = 4096
	// headerLength is the length of the header of aes128gcm: a salt, the size of a record, the length of a key
	// and the key (RFC 8188, section 2.1).
	headerLength = saltLength + 4 + 1 + pointLength
	// MaxPayload is how long a payload may be, in bytes, so that its encrypted form is no longer than maxBody.
	MaxPayload = maxBody - headerLength - 1 - tagLength

	saltLength  = 16
	pointLength = 65 // of an uncompressed point of P-256
	authLength  = 16
	tagLength   = 16 // of AES-GCM
	// lastRecord ends the contents of the only record (RFC 8188, section 2).
	lastRecord = 0x02
)

// Keys are what a browser gave out so that messages to it can be encrypted.
type Keys struct {
	point *ecdh.PublicKey
	auth  []byte
}

// ErrKeys is the error of keys that no browser makes.
var ErrKeys = errors.New("p256dh must be a point of P-256 in 65 bytes, and auth must have 16 bytes, both as base64url")

// errTooLarge is the error of a payload that no push service has to accept.
var errTooLarge = errors.New("the payload is longer than push services accept")

// ParseKeys reads the keys of a subscription, in base64url with or without padding. The error is ErrKeys.
func ParseKeys(p256dh, auth string) (Keys, error) {
	point, err := decode(p256dh)
	if err != nil || len(point) != pointLength {
		return Keys{}, ErrKeys
	}
	key, err := ecdh.P256().NewPublicKey(point)
	if err != nil {
		return Keys{}, ErrKeys
	}
	secret, err := decode(auth)
	if err != nil || len(secret) != authLength {
		return Keys{}, ErrKeys
	}
	return Keys{key, secret}, nil
}

// decode reads base64url with or without padding. The library skips line breaks, which have no place here.
func decode(text string) ([]byte, error) {
	encoding := base64.RawURLEncoding
	if strings.HasSuffix(text, "=") {
		encoding = base64.URLEncoding
	}
	if strings.ContainsAny(text, "\r\n") {
		return nil, base64.CorruptInputError(strings.IndexAny(text, "\r\n"))
	}
	return encoding.Strict().DecodeString(text)
}

// encrypt encrypts a payload for a subscription, with a key pair and a salt that are used for this one message.
func (k Keys) encrypt(payload []byte) ([]byte, error) {
	local, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt) // never fails
	return k.encryptWith(payload, local, salt)
}

// encryptWith encrypts a payload as one record of aes128gcm, with its header.
func (k Keys) encryptWith(payload []byte, local *ecdh.PrivateKey, salt []byte) ([]byte, error) {
	if len(payload) > MaxPayload {
		return nil, errTooLarge
	}
	shared, err := local.ECDH(k.point)
	if err != nil {
		return nil, err
	}
	own := local.PublicKey().Bytes()
	gcm, nonce, err := contentKey(shared, k.auth, salt, k.point.Bytes(), own)
	if err != nil {
		return nil, err
	}
	body := make([]byte, 0, headerLength+len(payload)+1+tagLength)
	body = append(body, salt...)
	body = binary.BigEndian.AppendUint32(body, maxBody)
	body = append(body, pointLength)
	body = append(body, own...)
	content := append(append(make([]byte, 0, len(payload)+1), payload...), lastRecord)
	return gcm.Seal(body, nonce, content, nil), nil
}

// contentKey derives the key and the nonce of the only record (RFC 8291, section 3.4). receiver and sender
// are the public keys of both.
func contentKey(shared, auth, salt, receiver, sender []byte) (gcm cipher.AEAD, nonce []byte, err error) {
	input, err := hkdf.Key(sha256.New, shared, auth, "WebPush: info\x00"+string(receiver)+string(sender), sha256.Size)
	if err != nil {
		return nil, nil, err
	}
	key, err := hkdf.Key(sha256.New, input, salt, "Content-Encoding: aes128gcm\x00", aes.BlockSize)
	if err != nil {
		return nil, nil, err
	}
	if nonce, err = hkdf.Key(sha256.New, input, salt, "Content-Encoding: nonce\x00", 12); err != nil {
		return nil, nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, nil, err
	}
	gcm, err = cipher.NewGCM(block)
	return gcm, nonce, err
}
