package websocket

import (
	"strings"
	"testing"

	"github.com/gobwas/ws"
)

// The rules of RFC 6455.
func TestFrames(t *testing.T) {
	t.Parallel()
	w := newWire(t, nil)
	rule := func(name string, f func(*testing.T, *caller)) {
		t.Run(name, func(t *testing.T) { t.Parallel(); f(t, w.enter(t)) })
	}
	closes := func(name string, code ws.StatusCode, frames ...ws.Frame) {
		rule(name, func(_ *testing.T, c *caller) {
			for _, f := range frames {
				c.frame(f)
			}
			c.wantClose(code)
		})
	}
	part := func(op ws.OpCode, fin bool, payload string) ws.Frame { return ws.NewFrame(op, fin, []byte(payload)) }
	whole := subscribeMessage("subscribe", "1", echoA)

	rule("fragmented message", func(_ *testing.T, c *caller) {
		c.frame(part(ws.OpText, false, whole[:10]))
		c.frame(part(ws.OpContinuation, false, ""))
		c.frame(part(ws.OpContinuation, false, whole[10:20]))
		c.frame(part(ws.OpContinuation, true, whole[20:]))
		c.want(nextOne)
	})
	rule("a message in single bytes", func(_ *testing.T, c *caller) {
		c.frame(part(ws.OpText, false, ""))
		for i := range whole {
			c.frame(part(ws.OpContinuation, false, whole[i:i+1]))
		}
		c.frame(part(ws.OpContinuation, true, ""))
		c.want(nextOne)
	})
	rule("control frames between fragments", func(t *testing.T, c *caller) {
		c.frame(part(ws.OpText, false, whole[:10]))
		c.frame(ws.NewPingFrame([]byte("hello")))
		if pong := c.hear(); pong.Header.OpCode != ws.OpPong || string(pong.Payload) != "hello" {
			t.Errorf("got %v", pong)
		}
		c.frame(ws.NewPongFrame(nil))
		c.frame(part(ws.OpContinuation, true, whole[10:]))
		c.want(nextOne)
	})
	rule("fragment inside a character", func(_ *testing.T, c *caller) {
		message := subscribeMessage("subscribe", "1", `{ echo(text: "ü") }`)
		cut := strings.Index(message, "ü") + 1
		c.frame(part(ws.OpText, false, message[:cut]))
		c.frame(part(ws.OpContinuation, true, message[cut:]))
		c.want(`{"id":"1","type":"next","payload":{"data":{"echo":"ü"}}}`)
	})
	rule("unmasked frame 1002", func(_ *testing.T, c *caller) {
		c.raw(0x81, 2, '{', '}')
		c.wantClose(1002)
	})
	for i, name := range []string{"RSV3", "RSV2", "RSV1"} {
		rule("reserved bits 1002: "+name, func(_ *testing.T, c *caller) {
			c.raw(0x81|1<<(4+i), 0x80, 0, 0, 0, 0)
			c.wantClose(1002)
		})
	}
	rule("length with its highest bit set 1002", func(_ *testing.T, c *caller) {
		c.raw(0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0)
		c.wantClose(1002)
	})
	closes("reserved opcode 1002", 1002, part(3, true, ""))
	closes("reserved control opcode 1002", 1002, part(11, true, ""))
	closes("fragmented control frame 1002", 1002, part(ws.OpPing, false, ""))
	closes("long control frame 1002", 1002, part(ws.OpPing, true, strings.Repeat("x", 126)))
	closes("continuation of nothing 1002", 1002, part(ws.OpContinuation, true, "x"))
	closes("new message inside another 1002", 1002, part(ws.OpText, false, "x"), part(ws.OpText, true, "x"))
	closes("binary message", 4400, part(ws.OpBinary, true, whole))
	closes("invalid UTF-8 1007", 1007, part(ws.OpText, true, "{\"type\":\"\xff\"}"))
	closes("too large 1009", 1009, part(ws.OpText, true, strings.Repeat("x", maxMessage+1)))
	closes("too large 1009 in fragments", 1009, part(ws.OpText, false, strings.Repeat("x", maxMessage)), part(ws.OpContinuation, true, "x"))
	rule("too large 1009 by what its header says", func(_ *testing.T, c *caller) {
		c.raw(0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0)
		c.wantClose(1009)
	})
	rule("as large as may be", func(_ *testing.T, c *caller) {
		message := subscribeMessage("subscribe", "1", echoA)
		c.say(message + strings.Repeat(" ", maxMessage-len(message)))
		c.want(nextOne)
	})
	for name, test := range map[string]struct {
		payload []byte
		want    ws.StatusCode
	}{
		"1000":                       {ws.NewCloseFrameBody(1000, "bye"), 1000},
		"1001":                       {ws.NewCloseFrameBody(1001, ""), 1001},
		"3000":                       {ws.NewCloseFrameBody(3000, ""), 3000},
		"4999":                       {ws.NewCloseFrameBody(4999, ""), 4999},
		"no code as 1000":            {nil, 1000},
		"half a code as 1002":        {[]byte{3}, 1002},
		"1005 as 1002":               {ws.NewCloseFrameBody(1005, ""), 1002},
		"999 as 1002":                {ws.NewCloseFrameBody(999, ""), 1002},
		"5000 as 1002":               {ws.NewCloseFrameBody(5000, ""), 1002},
		"a reason that is not UTF-8": {append(ws.NewCloseFrameBody(1000, ""), 0xff), 1002},
	} {
		closes("close handshake echoes "+name, test.want, ws.NewCloseFrame(test.payload))
	}
	rule("close inside a message", func(_ *testing.T, c *caller) {
		c.frame(part(ws.OpText, false, "{"))
		c.frame(ws.NewCloseFrame(ws.NewCloseFrameBody(1000, "")))
		c.wantClose(1000)
	})
	rule("close while operations are under way", func(t *testing.T, c *caller) {
		c.subscribe("1", `subscription { changed }`)
		c.subscribe("2", `{ gate }`)
		c.frame(ws.NewCloseFrame(ws.NewCloseFrameBody(1000, "")))
		c.wantClose(1000)
	})
	rule("the connection breaks inside a frame", func(t *testing.T, c *caller) {
		c.raw(0x81, 0xfe, 0xff, 0xff, 0, 0, 0, 0, 'x')
		_ = c.conn.Close()
	})
	t.Run("what comes behind a breach of the protocol is not acted on", func(t *testing.T) {
		t.Parallel()
		w := newWire(t, nil)
		c := w.enter(t)
		c.say(`nonsense`)
		for range 100 {
			c.subscribe("1", `{ gate }`)
		}
		c.wantClose(4400)
		w.sockets.Wait()
		if len(w.gated) > 0 {
			t.Error("an operation ran")
		}
	})
}
