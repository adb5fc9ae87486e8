package webpush

import (
	"net/url"
	"testing"
	"time"
)

// BenchmarkRequest measures all that one message takes before it is sent: reading the keys of the browser, encrypting,
// and a proof of the sender that has been signed before.
func BenchmarkRequest(b *testing.B) {
	sender, err := NewSender(newIdentity(b), Hosts{})
	if err != nil {
		b.Fatal(err)
	}
	endpoint, err := url.Parse("https://push.example/1")
	if err != nil {
		b.Fatal(err)
	}
	message := Message{
		ID: "ntf_06h0c749gakh51xrkzygknps84", Title: "Somebody mentioned you", Body: "Open Tandem to see the details.",
		Navigate: "https://crm.example/customers/cus_06grssef8ee6hzwmtb4g4dg15g", Urgency: UrgencyNormal, TTL: 24 * time.Hour,
	}
	b.ReportAllocs()
	for b.Loop() {
		keys, err := ParseKeys(exampleReceiver, exampleAuth)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := sender.request(b.Context(), endpoint, keys, message); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkProof measures signing a proof of the sender, which is used for all messages to one push service for hours.
func BenchmarkProof(b *testing.B) {
	identity := newIdentity(b)
	b.ReportAllocs()
	for b.Loop() {
		clear(identity.proofs)
		if _, err := identity.header("https://push.example"); err != nil {
			b.Fatal(err)
		}
	}
}

func newIdentity(b *testing.B) *Identity {
	b.Helper()
	private, err := NewPrivateKey()
	if err != nil {
		b.Fatal(err)
	}
	identity, err := ParseIdentity(private, "https://crm.example", time.Now)
	if err != nil {
		b.Fatal(err)
	}
	return identity
}
