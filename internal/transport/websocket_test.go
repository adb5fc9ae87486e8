package transport

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

const (
	echoA   = `query { echo(text: "a") }`
	nextOne = `{"id":"1","type":"next","payload":{"data":{"echo":"a"}}}`
	doneOne = `{"id":"1","type":"complete"}`
)

// The rules of graphql-transport-ws, in the order of its document.
func TestModernProtocol(t *testing.T) {
	t.Parallel()
	w := newWire(t, nil)
	entered := func(f func(*testing.T, *caller)) func(*testing.T) {
		return func(t *testing.T) { t.Parallel(); f(t, w.enter(t)) }
	}
	closes := func(code ws.StatusCode, messages ...string) func(*testing.T) {
		return entered(func(t *testing.T, c *caller) {
			for _, message := range messages {
				c.say(message)
			}
			c.wantClose(code)
		})
	}
	refuses := func(code ws.StatusCode, message string) func(*testing.T) {
		return func(t *testing.T) {
			t.Parallel()
			c := w.call(t, modern.name)
			c.say(message)
			c.wantClose(code)
		}
	}

	t.Run("connection_init without payload", entered(func(*testing.T, *caller) {}))
	t.Run("connection_init with payload null", func(t *testing.T) {
		t.Parallel()
		c := w.call(t, modern.name)
		c.say(`{"type":"connection_init","payload":null}`)
		c.want(`{"type":"connection_ack"}`)
	})
	t.Run("4400 connection_init payload must be an object or null: array", refuses(4400, `{"type":"connection_init","payload":[]}`))
	t.Run("4400 connection_init payload must be an object or null: text", refuses(4400, `{"type":"connection_init","payload":"x"}`))
	t.Run("4401 subscribe before connection_ack", refuses(4401, subscribeMessage("subscribe", "1", echoA)))
	t.Run("4403 connection_init refused", refuses(4403, `{"type":"connection_init","payload":{"as":"nobody"}}`))
	t.Run("4403 credentials expire", refuses(4403, `{"type":"connection_init","payload":{"as":"expired"}}`))
	t.Run("1011 connection_init panics", refuses(1011, `{"type":"connection_init","payload":{"as":"panic"}}`))
	t.Run("4429 second connection_init", closes(4429, `{"type":"connection_init"}`))
	t.Run("4400 invalid JSON", closes(4400, `{"type":`))
	t.Run("4400 invalid JSON before connection_ack", refuses(4400, `nonsense`))
	t.Run("4400 not an object", closes(4400, `[]`))
	t.Run("4400 null", closes(4400, `null`))
	t.Run("4400 type is no text", closes(4400, `{"type":1}`))
	t.Run("4400 unknown type", closes(4400, `{"type":"hello"}`))
	t.Run("4400 type of the server", closes(4400, `{"type":"next","id":"1"}`))
	t.Run("4400 type of the older protocol", closes(4400, subscribeMessage("start", "1", echoA)))
	t.Run("4400 subscribe without id", closes(4400, `{"type":"subscribe","payload":{"query":"{echo}"}}`))
	t.Run("4400 subscribe with empty id", closes(4400, subscribeMessage("subscribe", "", echoA)))
	t.Run("4400 subscribe with id that is no text", closes(4400, `{"id":1,"type":"subscribe","payload":{"query":"{echo}"}}`))
	t.Run("4400 subscribe with huge id", closes(4400, subscribeMessage("subscribe", strings.Repeat("x", maxID+1), echoA)))
	t.Run("4400 subscribe without payload", closes(4400, `{"id":"1","type":"subscribe"}`))
	t.Run("4400 subscribe with payload null", closes(4400, `{"id":"1","type":"subscribe","payload":null}`))
	t.Run("4400 subscribe without query", closes(4400, `{"id":"1","type":"subscribe","payload":{"variables":{}}}`))
	t.Run("4400 subscribe with query that is no text", closes(4400, `{"id":"1","type":"subscribe","payload":{"query":1}}`))
	t.Run("4400 subscribe with variables that are no object", closes(4400, `{"id":"1","type":"subscribe","payload":{"query":"{echo}","variables":[]}}`))
	t.Run("4409 id in use", closes(4409, subscribeMessage("subscribe", "1", `subscription { changed }`), subscribeMessage("subscribe", "1", echoA)))
	t.Run("4400 ping payload must be an object or null", closes(4400, `{"type":"ping","payload":[]}`))

	t.Run("query: next, then complete", entered(func(_ *testing.T, c *caller) {
		c.subscribe("1", echoA)
		c.want(nextOne)
		c.want(doneOne)
	}))
	t.Run("mutation: next, then complete", entered(func(_ *testing.T, c *caller) {
		c.subscribe("1", `mutation { set(text: "b") }`)
		c.want(`{"id":"1","type":"next","payload":{"data":{"set":"b"}}}`)
		c.want(doneOne)
	}))
	t.Run("operationName, variables and extensions", entered(func(_ *testing.T, c *caller) {
		c.say(`{"id":"1","type":"subscribe","payload":{"operationName":"B","query":"query A { echo } query B($t: String) { echo(text: $t) }","variables":{"t":"a"},"extensions":{"x":[1]}}}`)
		c.want(nextOne)
		c.want(doneOne)
	}))
	t.Run("an id is free again after complete", entered(func(_ *testing.T, c *caller) {
		for range 100 {
			c.subscribe("1", echoA)
			c.want(nextOne)
			c.want(doneOne)
		}
	}))
	t.Run("an id is free again after the client's complete", entered(func(_ *testing.T, c *caller) {
		c.subscribe("1", `subscription { changed }`)
		c.say(doneOne)
		c.subscribe("1", echoA)
		c.want(nextOne)
		c.want(doneOne)
	}))
	t.Run("an id is free again after error", entered(func(_ *testing.T, c *caller) {
		c.subscribe("1", `{ nothing }`)
		c.text()
		c.subscribe("1", echoA)
		c.want(nextOne)
		c.want(doneOne)
	}))
	t.Run("ids may be any text", entered(func(_ *testing.T, c *caller) {
		for _, id := range []string{`"quoted\"`, "line\nbreak\x00\x1f", "</script>\u2028", "ünï", strings.Repeat("x", maxID)} {
			c.subscribe(id, echoA)
			quoted := string(quote(id))
			c.want(`{"id":` + quoted + `,"type":"next","payload":{"data":{"echo":"a"}}}`)
			c.want(`{"id":` + quoted + `,"type":"complete"}`)
		}
	}))
	for name, query := range map[string]string{
		"does not parse": `{`, "does not validate": `{ nothing }`, "is a subscription that fails": `subscription { fails }`,
		"begins after a cursor that is none": `subscription { changed(after: "x") }`, "panics": `{ panic }`,
	} {
		t.Run("error without complete: the document "+name, entered(func(t *testing.T, c *caller) {
			c.subscribe("1", query)
			if got := c.text(); !strings.HasPrefix(got, `{"id":"1","type":"error","payload":[{"message":`) {
				t.Errorf("got %s", got)
			}
			c.say(`{"type":"ping"}`)
			c.want(`{"type":"pong"}`)
		}))
	}
	t.Run("complete of an unknown id is ignored", entered(func(_ *testing.T, c *caller) {
		c.say(`{"id":"nobody","type":"complete"}`)
		c.say(`{"type":"ping"}`)
		c.want(`{"type":"pong"}`)
	}))
	t.Run("the client's complete is not answered", entered(func(_ *testing.T, c *caller) {
		c.subscribe("1", `subscription { changed }`)
		c.say(doneOne)
		c.say(`{"type":"ping"}`)
		c.want(`{"type":"pong"}`)
	}))
	t.Run("ping is answered with its payload", entered(func(_ *testing.T, c *caller) {
		c.say(`{"type":"ping","payload":{"a":[1,"<b>"]}}`)
		c.want(`{"type":"pong","payload":{"a":[1,"<b>"]}}`)
		c.say(`{"type":"ping","payload":null}`)
		c.want(`{"type":"pong","payload":null}`)
	}))
	t.Run("ping is answered before connection_ack", func(t *testing.T) {
		t.Parallel()
		c := w.call(t, modern.name)
		c.say(`{"type":"ping","payload":{"a":1}}`)
		c.want(`{"type":"pong","payload":{"a":1}}`)
	})
	t.Run("pong is never asked for and always welcome", entered(func(_ *testing.T, c *caller) {
		c.say(`{"type":"pong"}`)
		c.say(`{"type":"pong","payload":{"a":1}}`)
		c.say(`{"type":"ping"}`)
		c.want(`{"type":"pong"}`)
	}))
	t.Run("queries and mutations, many at once", entered(func(t *testing.T, c *caller) {
		want := make(map[string]bool)
		for i := range 200 {
			kind, field := "query", "echo"
			if i%2 == 1 {
				kind, field = "mutation", "set"
			}
			c.subscribe(fmt.Sprint(i), fmt.Sprintf(`%s { %s(text: "%d") }`, kind, field, i))
			want[fmt.Sprintf(`{"id":"%d","type":"next","payload":{"data":{"%s":"%d"}}}`, i, field, i)] = true
			want[fmt.Sprintf(`{"id":"%d","type":"complete"}`, i)] = true
		}
		wantSame(t, c.texts(400), want)
	}))
	t.Run("a response larger than all buffers, and complete", entered(func(t *testing.T, c *caller) {
		c.subscribe("1", `{ large(bytes: 4000000) }`)
		c.say(`{"type":"ping"}`)
		got := 0
		for done := false; !done; {
			text := c.text()
			got = max(got, len(text))
			done = sameJSON(text, doneOne)
		}
		if got < 4_000_000 {
			t.Errorf("the response has %d bytes", got)
		}
	}))
	t.Run("operations per connection", func(t *testing.T) {
		w := newWire(t, nil)
		c := w.enter(t)
		for i := range maxOperations {
			c.subscribe(fmt.Sprint(i), `subscription { changed }`)
		}
		c.subscribe("more", echoA)
		if got := c.text(); !strings.Contains(got, `"id":"more","type":"error"`) || !strings.Contains(got, "LIMIT_EXCEEDED") {
			t.Errorf("got %s", got)
		}
		c.say(`{"id":"7","type":"complete"}`)
		c.subscribe("1000", echoA)
		c.want(`{"id":"1000","type":"next","payload":{"data":{"echo":"a"}}}`)
	})
	t.Run("nothing is heard of a subscription after its complete", func(t *testing.T) {
		w := newWire(t, nil)
		c := w.enter(t)
		for i := range 300 {
			go w.commit()
			c.subscribe("1", `subscription { changed }`)
			c.say(doneOne)
			c.say(fmt.Sprintf(`{"type":"ping","payload":{"n":%d}}`, i))
			for text := ""; !strings.Contains(text, `"pong"`); text = c.text() {
			}
			go w.commit()
		}
		within(t, "no member is left", func() bool { return w.all.Stats().Members == 0 })
		w.commit()
		c.say(`{"type":"ping"}`)
		c.want(`{"type":"pong"}`)
	})
	t.Run("events come in the order of the log, after the cursor", func(t *testing.T) {
		w := newWire(t, nil)
		for range 50 {
			w.commit()
		}
		c := w.enter(t)
		c.subscribe("1", `subscription { changed(after: "`+cursorAt(20)+`") }`)
		for want := int64(21); want <= 150; want++ {
			if want > 50 {
				w.commit()
			}
			if got := c.position("1"); got != want {
				t.Fatalf("got %d, want %d", got, want)
			}
		}
	})
}

func TestInitTimeout(t *testing.T) {
	t.Parallel()
	w := newWire(t, func(s *WebSocket) { s.InitTimeout = 10 * time.Millisecond })
	t.Run("4408 no connection_init in time", func(t *testing.T) {
		w.call(t, modern.name).wantClose(4408)
	})
	t.Run("pings do not put it off", func(t *testing.T) {
		c := w.call(t, modern.name)
		c.say(`{"type":"ping"}`)
		c.wantClose(4408)
	})
}

func TestHandshake(t *testing.T) {
	t.Parallel()
	w := newWire(t, nil)
	for name, test := range map[string]struct {
		header []string
		want   *dialect
	}{
		"both protocols offered: modern":              {[]string{"graphql-ws, graphql-transport-ws"}, modern},
		"both protocols offered in two lines: modern": {[]string{"graphql-ws", "graphql-transport-ws"}, modern},
		"modern among others":                         {[]string{"mqtt, graphql-transport-ws"}, modern},
		"only the older one offered":                  {[]string{"mqtt,graphql-ws"}, legacy},
	} {
		t.Run(name, func(t *testing.T) {
			c, chosen := w.shake(t, ws.Dialer{Header: ws.HandshakeHeaderHTTP{"Sec-WebSocket-Protocol": test.header}, Protocols: []string{test.want.name}})
			if chosen != test.want.name {
				t.Errorf("got %s", chosen)
			}
			c.say(`{"type":"connection_init"}`)
			c.want(`{"type":"connection_ack"}`)
		})
	}
	t.Run("none offered: 4406", func(t *testing.T) { w.call(t).wantClose(4406) })
	t.Run("none of ours offered: 4406", func(t *testing.T) { w.call(t, "mqtt").wantClose(4406) })
	t.Run("4406 whatever is said before it is read", func(t *testing.T) {
		c := w.call(t)
		c.say(`{"type":"connection_init"}`)
		c.say(subscribeMessage("subscribe", "1", echoA))
		c.wantClose(4406)
	})
	for name, test := range map[string]struct {
		origin string
		want   int
	}{
		"foreign origin 403": {"https://theirs.example", http.StatusForbidden},
		"our origin":         {"https://ours.example", http.StatusSwitchingProtocols},
	} {
		t.Run(name, func(t *testing.T) {
			if got := upgrade(t, w, http.Header{"Origin": {test.origin}}); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
	t.Run("a bad handshake costs no connection", func(t *testing.T) {
		if got := upgrade(t, w, http.Header{"Sec-Websocket-Version": {"12"}}); got != http.StatusUpgradeRequired {
			t.Errorf("got %d", got)
		}
	})
	t.Run("messages right behind the request", func(t *testing.T) {
		c := w.call(t) // for its connection alone
		_ = c.conn.Close()
		var request bytes.Buffer
		fmt.Fprintf(&request, "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n")
		for _, message := range []string{`{"type":"connection_init"}`, subscribeMessage("subscribe", "1", echoA)} {
			_ = ws.WriteFrame(&request, ws.MaskFrame(ws.NewTextFrame([]byte(message))))
		}
		c = dialRaw(t, w)
		c.raw(request.Bytes()...)
		if response, err := http.ReadResponse(c.in, nil); err != nil || response.StatusCode != http.StatusSwitchingProtocols {
			t.Fatal(response, err)
		}
		c.want(`{"type":"connection_ack"}`)
		c.want(nextOne)
	})
}

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
		"1000":                      {ws.NewCloseFrameBody(1000, "bye"), 1000},
		"1001":                      {ws.NewCloseFrameBody(1001, ""), 1001},
		"3000":                      {ws.NewCloseFrameBody(3000, ""), 3000},
		"4999":                      {ws.NewCloseFrameBody(4999, ""), 4999},
		"no code as 1000":           {nil, 1000},
		"half a code as 1002":       {[]byte{3}, 1002},
		"1005 as 1002":              {ws.NewCloseFrameBody(1005, ""), 1002},
		"999 as 1002":               {ws.NewCloseFrameBody(999, ""), 1002},
		"5000 as 1002":              {ws.NewCloseFrameBody(5000, ""), 1002},
		"a reason that is no UTF-8": {append(ws.NewCloseFrameBody(1000, ""), 0xff), 1002},
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

// Connections leave nothing behind, however they end.
func TestConnectionsEnd(t *testing.T) {
	t.Parallel()
	w := newWire(t, nil)
	for range 20 {
		c := w.enter(t)
		c.subscribe("1", `subscription { changed }`)
		c.subscribe("2", `{ gate }`)
		<-w.gated
		_ = c.conn.Close()
	}
	w.sockets.Wait()
	w.empty(t)
}

func TestSilentClient(t *testing.T) {
	t.Parallel()
	w := newWire(t, func(s *WebSocket) { s.PingInterval = time.Second })
	t.Run("one that answers no ping is closed", func(t *testing.T) {
		t.Parallel()
		c := w.enter(t)
		if f := c.hear(); f.Header.OpCode != ws.OpPing {
			t.Errorf("got %v, want a ping", f)
		}
		if _, err := io.ReadAll(c.in); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error("it is still open")
		}
	})
	t.Run("the older protocol's ka", func(t *testing.T) {
		t.Parallel()
		c := w.call(t, legacy.name)
		c.want(`{"type":"ka"}`)
	})
}
