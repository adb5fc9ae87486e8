package websocket

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"tandem/internal/engine"
	"tandem/internal/eventually"
	"tandem/internal/transport"
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
	t.Run("4400 type is not text", closes(4400, `{"type":1}`))
	t.Run("4400 unknown type", closes(4400, `{"type":"hello"}`))
	t.Run("4400 type of the server", closes(4400, `{"type":"next","id":"1"}`))
	t.Run("4400 type of the older protocol", closes(4400, subscribeMessage("start", "1", echoA)))
	t.Run("4400 subscribe without id", closes(4400, `{"type":"subscribe","payload":{"query":"{echo}"}}`))
	t.Run("4400 subscribe with empty id", closes(4400, subscribeMessage("subscribe", "", echoA)))
	t.Run("4400 subscribe with an id that is not text", closes(4400, `{"id":1,"type":"subscribe","payload":{"query":"{echo}"}}`))
	t.Run("4400 subscribe with huge id", closes(4400, subscribeMessage("subscribe", strings.Repeat("x", transport.MaxID+1), echoA)))
	t.Run("4400 subscribe without payload", closes(4400, `{"id":"1","type":"subscribe"}`))
	t.Run("4400 subscribe with payload null", closes(4400, `{"id":"1","type":"subscribe","payload":null}`))
	t.Run("4400 subscribe without query", closes(4400, `{"id":"1","type":"subscribe","payload":{"variables":{}}}`))
	t.Run("4400 names in another case", closes(4400, `{"ID":"1","TYPE":"subscribe","PAYLOAD":{"query":"{echo}"}}`))
	t.Run("4400 a name twice", closes(4400, `{"id":"1","type":"ping","type":"subscribe","payload":{"query":"{echo}"}}`))
	t.Run("4400 a name of the payload in another case", closes(4400, `{"id":"1","type":"subscribe","payload":{"QUERY":"{echo}"}}`))
	t.Run("4400 connection_init in another case", refuses(4400, `{"TYPE":"connection_init"}`))
	t.Run("4400 connection_init with a name twice", refuses(4400, `{"type":"connection_init","payload":{"authorization":"a","authorization":"b"}}`))
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
	for _, payload := range []string{
		`{"query":"{echo}","variables":[]}`, `{"query":"{echo}","extensions":"x"}`, `{"query":"{echo}","operationName":1}`, `{"query":1}`,
		`{"query":"{echo}","query":"{echo}"}`, `{"query":"{echo}","variables":{"a":{"b":1,"b":2}}}`, `{"query":"{echo}","variables":{"a":"\ud83d"}}`,
	} {
		t.Run("what is wrong with one operation ends no other: "+payload, entered(func(t *testing.T, c *caller) {
			c.say(`{"id":"1","type":"subscribe","payload":` + payload + `}`)
			if got := c.text(); !strings.HasPrefix(got, `{"id":"1","type":"error","payload":[{"message":`) || !strings.Contains(got, `"BAD_USER_INPUT"`) {
				t.Errorf("got %s", got)
			}
			c.subscribe("1", echoA)
			c.want(nextOne)
			c.want(doneOne)
		}))
	}
	t.Run("ids may be any text", entered(func(_ *testing.T, c *caller) {
		for _, id := range []string{`"quoted\"`, "line\nbreak\x00\x1f", "</script>\u2028", "ünï", strings.Repeat("x", transport.MaxID)} {
			c.subscribe(id, echoA)
			quoted := string(engine.EncodeJSON(id))
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
		for i := range transport.MaxOperations {
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
	t.Run("no event of a subscription comes after its complete", func(t *testing.T) {
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
		eventually.True(t, "no member is left", func() bool { return w.all.Stats().Members == 0 })
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
	w := newWire(t, func(s *Server) { s.InitTimeout = 10 * time.Millisecond })
	t.Run("4408 no connection_init in time", func(t *testing.T) {
		w.call(t, modern.name).wantClose(4408)
	})
	t.Run("pings do not put it off", func(t *testing.T) {
		c := w.call(t, modern.name)
		c.say(`{"type":"ping"}`)
		c.wantClose(4408)
	})
}

// Connections leave nothing behind, however they end. It is not parallel, so that
// all goroutines are its own.
func TestConnectionsEnd(t *testing.T) {
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
	eventually.True(t, "no goroutine is left", func() bool {
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		return !bytes.Contains(stacks, []byte("(*connection)")) && !bytes.Contains(stacks, []byte("(*operation)")) && !bytes.Contains(stacks, []byte("(*socket)"))
	})
}

func TestSilentClient(t *testing.T) {
	t.Parallel()
	w := newWire(t, func(s *Server) { s.PingInterval = time.Second })
	t.Run("a client that answers no ping is closed", func(t *testing.T) {
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
