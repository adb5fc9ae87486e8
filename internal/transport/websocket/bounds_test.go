package websocket

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gobwas/ws"

	"tandem/internal/engine"
	"tandem/internal/eventually"
)

// Messages before connection_ack are bounded in bytes, also after decompression, and in number.
func TestMessagesBeforeTheAck(t *testing.T) {
	t.Parallel()
	w := newWire(t, nil)
	padded := func(bytes int) string {
		begin, end := `{"type":"connection_init","payload":{"x":"`, `"}}`
		return begin + strings.Repeat("x", bytes-len(begin)-len(end)) + end
	}
	for name, compress := range map[string]bool{"plain": false, "compressed": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			say := func(c *caller, message string) {
				if compress {
					c.frame(compressed(ws.OpText, true, deflateOnly(message)))
				} else {
					c.say(message)
				}
			}
			c := w.callDeflated(t)
			say(c, padded(maxEarlyMessage+1))
			c.wantClose(1009)
			c = w.callDeflated(t)
			say(c, padded(maxEarlyMessage))
			c.want(`{"type":"connection_ack"}`)
			say(c, subscribeMessage("subscribe", "1", echoA+strings.Repeat(" ", maxEarlyMessage)))
			c.want(nextOne)
		})
	}
	for _, d := range []*dialect{modern, legacy} {
		t.Run("too many of "+d.name, func(t *testing.T) {
			t.Parallel()
			c := w.call(t, d.name)
			for range maxEarlyMessages + 1 {
				c.say(`{"type":"ping"}`)
			}
			if reason := c.wantClose(4400); reason != "too many messages before connection_ack" {
				t.Errorf("the reason is %q", reason)
			}
		})
	}
}

// The payload of a ping comes back, so it is small, and it is never parsed.
func TestPingPayloadIsBounded(t *testing.T) {
	t.Parallel()
	w := newWire(t, nil)
	payload := `{"x":` + strings.Repeat("[", 500) + strings.Repeat("]", 500) + `}`
	c := w.enter(t)
	c.say(`{"type":"ping","payload":` + payload + `}`)
	c.want(`{"type":"pong","payload":` + payload + `}`)
	for _, kind := range []string{"ping", "pong"} {
		c := w.enter(t)
		c.say(`{"type":"` + kind + `","payload":{"x":"` + strings.Repeat("x", maxPingPayload) + `"}}`)
		c.wantClose(4400)
	}
}

// A subscription keeps the document and the variables that it declares, both bounded, and nothing
// else that its client sent. The test is not parallel, so that all memory is its own.
func TestSubscriptionsKeepLittleOfTheirMessages(t *testing.T) {
	w := newWire(t, nil)
	c := w.enter(t)
	const number, bytes = 20, 900_000
	large := strings.Repeat("x", bytes)
	before := heap()
	for i := range number {
		c.say(fmt.Sprintf(`{"id":"%d","type":"subscribe","payload":{"query":"subscription($after: String) { changed(after: $after) }",`+
			`"variables":{"undeclared":"%d%s"},"extensions":{"other":"%s"}}}`, i, i, large, large[:100_000]))
	}
	eventually.True(t, "all are followed", func() bool { return w.all.Stats().Members == number })
	if grown := heap() - before; grown > number*bytes/4 {
		t.Errorf("%d bytes are kept for %d subscriptions", grown, number)
	}
	c.subscribe("document", "subscription { changed } #"+strings.Repeat("x", engine.LongestSubscribed))
	if got := c.text(); !strings.Contains(got, `"id":"document"`) || !strings.Contains(got, "at most 32 kB") {
		t.Errorf("got %s", got)
	}
	c.say(`{"id":"variables","type":"subscribe","payload":{"query":"subscription($after: String) { changed(after: $after) }",` +
		`"variables":{"after":"` + large[:engine.LongestVariables] + `"}}}`)
	if got := c.text(); !strings.Contains(got, `"id":"variables"`) || !strings.Contains(got, "at most 8 kB") {
		t.Errorf("got %s", got)
	}
}
