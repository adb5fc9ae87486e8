package websocket

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gobwas/ws"
)

// enterLegacy opens a socket of graphql-ws and signs in.
func (w *wire) enterLegacy(t *testing.T) *caller {
	t.Helper()
	c := w.call(t, legacy.name)
	c.say(`{"type":"connection_init","payload":{}}`)
	c.want(`{"type":"connection_ack"}`)
	c.want(`{"type":"ka"}`)
	return c
}

// The rules of subscriptions-transport-ws.
func TestLegacyProtocol(t *testing.T) {
	t.Parallel()
	w := newWire(t, nil)
	rule := func(name string, f func(*testing.T, *caller)) {
		t.Run(name, func(t *testing.T) { t.Parallel(); f(t, w.enterLegacy(t)) })
	}
	data := `{"id":"1","type":"data","payload":{"data":{"echo":"a"}}}`
	alive := func(c *caller) {
		c.t.Helper()
		c.say(subscribeMessage("start", "1", echoA))
		c.want(data)
		c.want(doneOne)
	}

	rule("ka right after connection_ack", func(*testing.T, *caller) {})
	t.Run("start behind connection_init, without waiting", func(t *testing.T) {
		t.Parallel()
		c := w.call(t, legacy.name)
		c.say(`{"type":"connection_init"}`)
		c.say(subscribeMessage("start", "1", echoA))
		c.want(`{"type":"connection_ack"}`)
		c.want(`{"type":"ka"}`)
		c.want(data)
	})
	rule("query: data, then complete", func(_ *testing.T, c *caller) { alive(c) })
	rule("error without complete, as one object", func(t *testing.T, c *caller) {
		c.say(subscribeMessage("start", "1", `{ nothing }`))
		if got := c.text(); !strings.HasPrefix(got, `{"id":"1","type":"error","payload":{"message":`) {
			t.Errorf("got %s", got)
		}
		alive(c)
	})
	rule("error for start without query", func(t *testing.T, c *caller) {
		c.say(`{"id":"1","type":"start","payload":{}}`)
		if got := c.text(); !strings.HasPrefix(got, `{"id":"1","type":"error","payload":{"message":`) {
			t.Errorf("got %s", got)
		}
		alive(c)
	})
	rule("stop is answered by complete", func(_ *testing.T, c *caller) {
		c.say(subscribeMessage("start", "1", `subscription { changed }`))
		c.say(`{"id":"1","type":"stop"}`)
		c.want(doneOne)
		alive(c)
	})
	rule("stop of an unknown id is ignored", func(_ *testing.T, c *caller) {
		c.say(`{"id":"nobody","type":"stop"}`)
		alive(c)
	})
	rule("an id that is used again stops the operation before", func(_ *testing.T, c *caller) {
		c.say(subscribeMessage("start", "1", `subscription { changed }`))
		alive(c)
	})
	for name, message := range map[string]string{
		"invalid JSON": `{`, "unknown type": `{"type":"hello"}`, "type of the newer protocol": `{"type":"ping"}`,
		"start without id": `{"type":"start","payload":{"query":"{echo}"}}`,
	} {
		rule("connection_error keeps the connection: "+name, func(t *testing.T, c *caller) {
			c.say(message)
			if got := c.text(); !strings.HasPrefix(got, `{"type":"connection_error","payload":{"message":`) {
				t.Errorf("got %s", got)
			}
			alive(c)
		})
	}
	rule("connection_terminate", func(_ *testing.T, c *caller) {
		c.say(subscribeMessage("start", "1", `subscription { changed }`))
		c.say(`{"type":"connection_terminate"}`)
		c.wantClose(1000)
	})
	t.Run("connection_error, then 4403, for connection_init refused", func(t *testing.T) {
		t.Parallel()
		c := w.call(t, legacy.name)
		c.say(`{"type":"connection_init","payload":{"as":"nobody"}}`)
		c.want(`{"type":"connection_error","payload":{"message":"nobody may come in"}}`)
		if reason := c.wantClose(4403); reason != "nobody may come in" {
			t.Errorf("the reason is %s", reason)
		}
	})
	t.Run("4401 start without connection_init", func(t *testing.T) {
		t.Parallel()
		c := w.call(t, legacy.name)
		c.say(subscribeMessage("start", "1", echoA))
		c.wantClose(4401)
	})
	t.Run("events are data", func(t *testing.T) {
		t.Parallel()
		w := newWire(t, nil)
		c := w.enterLegacy(t)
		c.say(subscribeMessage("start", "1", fmt.Sprintf(`subscription { changed(after: "%s") }`, cursorAt(0))))
		w.commit()
		if got := c.position("1"); got != 1 {
			t.Errorf("got %d", got)
		}
		c.frame(ws.NewCloseFrame(ws.NewCloseFrameBody(1000, "")))
		c.wantClose(1000)
	})
}
