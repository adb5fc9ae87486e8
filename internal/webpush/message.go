package webpush

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/rivo/uniseg"
)

// An Urgency is how soon a device should be woken for a message (RFC 8030, section 5.3).
type Urgency string

// The urgencies that are used.
const (
	UrgencyLow    Urgency = "low"    // a device on battery may wait
	UrgencyNormal Urgency = "normal" // as for a message of a chat
)

const (
	// maxTitle and maxText bound the texts of a notification, in bytes. Devices show less.
	maxTitle = 300
	maxText  = 1200
)

// A Message is what one device shows.
type Message struct {
	// ID identifies what the message is about. A message replaces an earlier one with the same ID, at the push
	// service and on the screen.
	ID       string
	Kind     string // why it is sent, in the terms of the application
	Title    string
	Body     string
	Navigate string // the page that a click opens
	EntityID string // empty if the message is about none
	Count    int    // what the message is about stands for this many changes; a message that arrives again has as many
	// SnoozedUntil is when the person asked to be reminded; zero if they did not. A message that arrives again has the same.
	SnoozedUntil time.Time
	Unread       int // the number on the application's icon
	Urgency      Urgency
	TTL          time.Duration // how long the push service keeps it for a device that is off
}

// declarative is the form of Declarative Web Push, which some browsers show without a service worker.
type declarative struct {
	WebPush      int     `json:"web_push"`
	Notification visible `json:"notification"`
	AppBadge     int     `json:"app_badge"`
}

type visible struct {
	Title    string `json:"title"`
	Body     string `json:"body"`
	Navigate string `json:"navigate"`
	Tag      string `json:"tag"`
	Data     data   `json:"data"`
}

type data struct {
	ID       string  `json:"id"`
	Kind     string  `json:"kind"`
	EntityID *string `json:"entityId"`
	Count    int     `json:"count"`
	// SnoozedUntil has one length, so that browsers compare it as text.
	SnoozedUntil string `json:"snoozedUntil,omitempty"`
}

// snoozeFormat is that of data.SnoozedUntil.
const snoozeFormat = "2006-01-02T15:04:05.000Z"

// payload encodes the message in at most MaxPayload bytes. It cuts the texts where a character ends.
func (m Message) payload() ([]byte, error) {
	out := declarative{WebPush: 8030, AppBadge: m.Unread, Notification: visible{
		Title: cut(m.Title, maxTitle), Navigate: m.Navigate, Tag: m.ID, Data: data{ID: m.ID, Kind: m.Kind, Count: m.Count},
	}}
	if m.EntityID != "" {
		out.Notification.Data.EntityID = &m.EntityID
	}
	if !m.SnoozedUntil.IsZero() {
		out.Notification.Data.SnoozedUntil = m.SnoozedUntil.UTC().Format(snoozeFormat)
	}
	// Control characters take six bytes in JSON, so a text within its bound may still be too long.
	for most := maxText; ; most /= 2 {
		out.Notification.Body = cut(m.Body, most)
		encoded, err := encode(out)
		if err != nil || len(encoded) <= MaxPayload || most == 0 {
			return encoded, err
		}
	}
}

// encode encodes a value as JSON that may be long in any language: without escapes for HTML.
func encode(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

const ellipsis = "…"

// cut returns the beginning of a text, in at most most bytes, up to the end of a grapheme cluster.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	end, state, rest := 0, -1, text
	for rest != "" {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if end+len(cluster)+len(ellipsis) > most {
			break
		}
		end += len(cluster)
	}
	if most < len(ellipsis) {
		return ""
	}
	return text[:end] + ellipsis
}

// topic returns the name under which a push service replaces an undelivered message: at most 32 characters
// of base64url (RFC 8030, section 5.4), which tell the push service nothing.
func (m Message) topic() string {
	sum := sha256.Sum256([]byte(m.ID))
	return base64.RawURLEncoding.EncodeToString(sum[:24])
}
