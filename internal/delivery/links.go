package delivery

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"

	"tandem/internal/collab"
)

// Links are those of a digest.
type Links struct {
	// PublicURL is where people open the application, without a slash at its end.
	PublicURL string
	// Key signs the links that work without a sign-in.
	Key []byte
}

// A subscriber is whose e-mail a link ends. The link has a hash of the address, and works while the person has that address.
type subscriber struct {
	OrgID, UserID collab.ID
	AddressHash   []byte
}

// Unsubscribe returns the URL that ends a person's e-mail to an address. It does not expire.
func (l Links) Unsubscribe(orgID, userID collab.ID, address string) string {
	claims, err := json.Marshal(subscriber{orgID, userID, l.hash(address)})
	if err != nil {
		panic(err) // it is made of texts
	}
	return l.PublicURL + "/unsubscribe?" + url.Values{"token": {l.token(claims)}}.Encode()
}

// token returns claims with their signature.
func (l Links) token(claims []byte) string {
	return base64.RawURLEncoding.EncodeToString(claims) + "." + base64.RawURLEncoding.EncodeToString(l.sign("link", claims))
}

// Open returns whose e-mail the token of a link ends, and whether an address is the one that it was sent to. It reports false
// for a token that no link has.
func (l Links) Open(token string) (orgID, userID collab.ID, isTo func(address string) bool, ok bool) {
	text, _, _ := strings.Cut(token, ".")
	claims, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || !hmac.Equal([]byte(token), []byte(l.token(claims))) { // another spelling of the same bytes is not the token
		return "", "", nil, false
	}
	var s subscriber
	if json.Unmarshal(claims, &s) != nil {
		return "", "", nil, false
	}
	return s.OrgID, s.UserID, func(address string) bool { return hmac.Equal(s.AddressHash, l.hash(address)) }, true
}

// hash returns a hash of an address, from which nobody without the key can guess it.
func (l Links) hash(address string) []byte { return l.sign("address", []byte(address))[:8] }

func (l Links) sign(purpose string, text []byte) []byte {
	mac := hmac.New(sha256.New, l.Key)
	mac.Write([]byte(purpose + "\x00"))
	mac.Write(text)
	return mac.Sum(nil)
}
