package smtp

import (
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// A Message is an e-mail to one person.
type Message struct {
	// ID is the part of the Message-ID before the @. A message that is sent again has the same.
	ID string
	To string // an address
	// Owner tells people apart, so that an address for which the mail server does not answer holds up nobody else.
	Owner   string
	Subject string
	// Text and HTML have the same content.
	Text, HTML string
	Date       time.Time
	// Unsubscribe is a URL that ends such messages: at once, for a POST (RFC 8058).
	Unsubscribe string
}

// compose returns a message as the library sends it. It encodes what comes from people, so that none of it ends a header.
func (s *Sender) compose(m Message) (*mail.Msg, error) {
	message := mail.NewMsg(mail.WithNoDefaultUserAgent())
	message.FromMailAddress(s.from)
	to, err := withASCIIDomain(m.To)
	if err != nil {
		return nil, err
	}
	if err := message.To(to); err != nil {
		return nil, err
	}
	_, domain, _ := strings.Cut(s.from.Address, "@")
	message.SetMessageIDWithValue(m.ID + "@" + domain)
	message.SetDateWithValue(m.Date)
	message.Subject(m.Subject)
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	message.SetListUnsubscribe(m.Unsubscribe)
	if strings.HasPrefix(m.Unsubscribe, "https://") { // RFC 8058 has one click for https only
		message.SetListUnsubscribePost()
	}
	message.SetBodyString(mail.TypeTextPlain, m.Text)
	message.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	return message, nil
}
