package webpush

import (
	"bytes"
	"crypto/ecdh"
	"encoding/base64"
	"strings"
	"testing"
)

// The example of RFC 8291, appendix A.
const (
	exampleReceiver = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
	exampleAuth     = "BTBZMqHH6r4Tts7J_aSIgg"
	exampleSender   = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
	exampleSalt     = "DGv6ra1nlYgDCS1FRnbzlw"
	exampleText     = "When I grow up, I want to be a watermelon"
	exampleBody     = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)

func TestEncryptionIsThatOfTheStandard(t *testing.T) {
	t.Parallel()
	keys, err := ParseKeys(exampleReceiver, exampleAuth)
	if err != nil {
		t.Fatal(err)
	}
	local, err := ecdh.P256().NewPrivateKey(raw(t, exampleSender))
	if err != nil {
		t.Fatal(err)
	}
	body, err := keys.encryptWith([]byte(exampleText), local, raw(t, exampleSalt))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(body, raw(t, exampleBody)) {
		t.Errorf("got  %s\nwant %s", base64.RawURLEncoding.EncodeToString(body), exampleBody)
	}
}

func TestMessagesNeverShareAKey(t *testing.T) {
	t.Parallel()
	keys, err := ParseKeys(exampleReceiver, exampleAuth)
	if err != nil {
		t.Fatal(err)
	}
	first, err := keys.encrypt([]byte(exampleText))
	if err != nil {
		t.Fatal(err)
	}
	second, err := keys.encrypt([]byte(exampleText))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(first[:saltLength], second[:saltLength]) || bytes.Equal(first[saltLength:headerLength], second[saltLength:headerLength]) {
		t.Error("two messages have the same salt or the same key")
	}
}

func TestPayloadFitsEveryPushService(t *testing.T) {
	t.Parallel()
	keys, err := ParseKeys(exampleReceiver, exampleAuth)
	if err != nil {
		t.Fatal(err)
	}
	body, err := keys.encrypt(make([]byte, MaxPayload))
	if err != nil || len(body) != maxBody {
		t.Errorf("got %d bytes and %v, want %d", len(body), err, maxBody)
	}
	if _, err := keys.encrypt(make([]byte, MaxPayload+1)); err == nil {
		t.Error("a longer payload was encrypted")
	}
}

func TestKeysOfNoBrowserAreRefused(t *testing.T) {
	t.Parallel()
	offCurve := raw(t, exampleReceiver)
	offCurve[64] ^= 1
	for name, keys := range map[string][2]string{
		"no key":              {"", exampleAuth},
		"no base64url":        {"!" + exampleReceiver[1:], exampleAuth},
		"private key":         {exampleSender, exampleAuth},
		"point off the curve": {base64.RawURLEncoding.EncodeToString(offCurve), exampleAuth},
		"compressed point":    {base64.RawURLEncoding.EncodeToString(append([]byte{2}, raw(t, exampleReceiver)[1:33]...)), exampleAuth},
		"no secret":           {exampleReceiver, ""},
		"short secret":        {exampleReceiver, exampleAuth[:20]},
		"long secret":         {exampleReceiver, exampleAuth + "AAAA"},
		"line break":          {exampleReceiver[:40] + "\n" + exampleReceiver[40:], exampleAuth},
		"final line break":    {exampleReceiver, exampleAuth + "\r\n"},
		"too much padding":    {exampleReceiver + "==", exampleAuth},
		"too little padding":  {exampleReceiver, exampleAuth + "="},
		"standard base64":     {strings.NewReplacer("-", "+", "_", "/").Replace(exampleReceiver), exampleAuth},
	} {
		if _, err := ParseKeys(keys[0], keys[1]); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := ParseKeys(exampleReceiver+strings.Repeat("=", 1), exampleAuth+"=="); err != nil {
		t.Errorf("with padding: %v", err)
	}
}

func raw(t *testing.T, text string) []byte {
	t.Helper()
	out, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
