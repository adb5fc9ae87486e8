package websocket

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"

	"tandem/internal/eventually"
	"tandem/internal/hub"
)

// inflateOnly decompresses a message as a client does that keeps no window (RFC 7692, 7.2.2).
func inflateOnly(t *testing.T, payload []byte) string {
	t.Helper()
	tail := append(bytes.Clone(payload), 0x00, 0x00, 0xff, 0xff, 0x01, 0x00, 0x00, 0xff, 0xff)
	text, err := io.ReadAll(flate.NewReader(bytes.NewReader(tail)))
	if err != nil {
		t.Fatalf("after %d bytes: %v", len(text), err)
	}
	return string(text)
}

// deflateOnly compresses a message as a client does.
func deflateOnly(message string) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression)
	_, _ = w.Write([]byte(message))
	_ = w.Flush()
	return bytes.TrimSuffix(b.Bytes(), []byte{0x00, 0x00, 0xff, 0xff})
}

func compressed(op ws.OpCode, fin bool, payload []byte) ws.Frame {
	f := ws.NewFrame(op, fin, payload)
	f.Header.Rsv = ws.Rsv(true, false, false)
	return f
}

// callDeflated opens a socket that may compress.
func (w *wire) callDeflated(t *testing.T) *caller {
	t.Helper()
	c, _ := w.shake(t, ws.Dialer{Protocols: []string{modern.name}, Extensions: []httphead.Option{httphead.NewOption("permessage-deflate", nil)}})
	return c
}

// enterDeflated opens a socket that may compress, and signs in.
func (w *wire) enterDeflated(t *testing.T) *caller {
	t.Helper()
	c := w.callDeflated(t)
	c.say(`{"type":"connection_init"}`)
	c.want(`{"type":"connection_ack"}`)
	return c
}

// The rules of RFC 7692, 7.1: an offer is taken if it can be met, and declined otherwise.
func TestDeflateOffers(t *testing.T) {
	t.Parallel()
	w := newWire(t, nil)
	const plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
	for offer, want := range map[string]string{
		"permessage-deflate":                                                     plain,
		"permessage-deflate; client_max_window_bits":                             plain,
		"permessage-deflate; client_max_window_bits=9":                           plain,
		"permessage-deflate; server_no_context_takeover":                         plain,
		"permessage-deflate; server_max_window_bits=15":                          plain + "; server_max_window_bits=15",
		"permessage-deflate; server_max_window_bits=10":                          "",
		"permessage-deflate; server_max_window_bits=10, permessage-deflate":      plain,
		"permessage-deflate; server_max_window_bits":                             "",
		"permessage-deflate; server_max_window_bits=16":                          "",
		"permessage-deflate; unknown":                                            "",
		"permessage-deflate; client_no_context_takeover=1":                       "",
		"permessage-deflate; client_max_window_bits=9; client_max_window_bits=9": "",
		"permessage-bzip2":                                                       "",
	} {
		t.Run(offer, func(t *testing.T) {
			t.Parallel()
			c := dialRaw(t, w)
			c.raw([]byte("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
				"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n" +
				"Sec-WebSocket-Extensions: " + offer + "\r\n\r\n")...)
			response, err := http.ReadResponse(c.in, nil)
			if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
				t.Fatal(response, err)
			}
			got := response.Header.Get("Sec-Websocket-Extensions")
			if strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
				t.Errorf("the answer is %q, want %q", got, want)
			}
		})
	}
}

// A large event is compressed for the clients that accept it, and for no others; all get the same.
func TestDeflatedEvents(t *testing.T) {
	t.Parallel()
	w := newWire(t, nil)
	plain, one, other := w.enter(t), w.enterDeflated(t), w.enterDeflated(t)
	subscription := fmt.Sprintf(`subscription { changed(after: "%s", pad: 3000) }`, cursorAt(0))
	for i, c := range []*caller{plain, one, other} {
		c.subscribe(fmt.Sprint(i), subscription)
	}
	eventually.True(t, "all are members", func() bool { return w.all.Stats().Members == 3 })
	const events = 20
	for position := range events {
		w.commit()
		want := fmt.Sprintf(`"type":"next","payload":{"data":{"changed":"%d:%s"}}}`, position+1, strings.Repeat("x", 3000))
		if f := plain.hear(); f.Header.Rsv != 0 || string(f.Payload) != `{"id":"0",`+want {
			t.Fatalf("the client without compression got %.100s", f.Payload)
		}
		for i, c := range []*caller{one, other} {
			f := c.hear()
			if !f.Header.Rsv1() || len(f.Payload) > 500 {
				t.Fatalf("%d bytes came, compressed: %v", len(f.Payload), f.Header.Rsv1())
			}
			if got := inflateOnly(t, f.Payload); got != fmt.Sprintf(`{"id":"%d",`, i+1)+want {
				t.Fatalf("got %.100s", got)
			}
		}
	}
	if got := w.all.Stats().Executions; got > events { // less by the first, if it came before the broadcast had begun
		t.Errorf("%d executions of %d events", got, events)
	}
}

func TestDeflatedAnswers(t *testing.T) {
	t.Parallel()
	w := newWire(t, nil)
	c := w.enterDeflated(t)
	c.subscribe("1", `{ large(bytes: 200000) }`)
	f := c.hear()
	if got := inflateOnly(t, f.Payload); !f.Header.Rsv1() || len(got) < 200_000 {
		t.Errorf("%d bytes came", len(got))
	}
	c.want(doneOne)
	c.subscribe("1", echoA)
	if f := c.hear(); f.Header.Rsv != 0 || !sameJSON(string(f.Payload), nextOne) {
		t.Errorf("what is small came as %x", f.Payload)
	}
}

// One form of an event is made for all who get it.
func TestDeflatedOnce(t *testing.T) {
	t.Parallel()
	event := hub.Event{Payload: bytes.Repeat([]byte("x"), 2*deflateFrom), Encoding: &hub.Encoding{}}
	made := 0
	for range 3 {
		event.Encoding.Bytes(func() []byte { made++; return deflate(event.Payload) })
	}
	o := newOperation(&connection{negotiated: negotiated{modern, true}}, "1")
	if frame := o.frame(nil, event); made != 1 || frame[0] != 0xc1 {
		t.Errorf("made %d times; the frame begins with %x", made, frame[0])
	}
}

func TestDeflatedMessages(t *testing.T) {
	t.Parallel()
	w := newWire(t, nil)
	echo := subscribeMessage("subscribe", "1", echoA)
	answered := func(t *testing.T, c *caller) {
		t.Helper()
		c.want(nextOne)
		c.want(doneOne)
	}
	t.Run("are understood", func(t *testing.T) {
		t.Parallel()
		c := w.enterDeflated(t)
		c.frame(compressed(ws.OpText, true, deflateOnly(echo)))
		answered(t, c)
		c.say(echo) // they need not be
		answered(t, c)
	})
	t.Run("in fragments", func(t *testing.T) {
		t.Parallel()
		c := w.enterDeflated(t)
		packed := deflateOnly(echo)
		c.frame(compressed(ws.OpText, false, packed[:10]))
		c.frame(ws.NewPingFrame(nil))
		c.frame(ws.NewFrame(ws.OpContinuation, true, packed[10:]))
		if pong := c.hear(); pong.Header.OpCode != ws.OpPong {
			t.Errorf("got %v", pong.Header)
		}
		answered(t, c)
	})
	refuses := func(name string, code ws.StatusCode, frames ...ws.Frame) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := w.enterDeflated(t)
			for _, f := range frames {
				c.frame(f)
			}
			c.wantClose(code)
		})
	}
	refuses("1009 a bomb", 1009, compressed(ws.OpText, true, deflateOnly(strings.Repeat(" ", 100<<20))))
	refuses("1007 nonsense", 1007, compressed(ws.OpText, true, []byte{0xff, 0xff, 0xff}))
	refuses("1007 text that is not UTF-8", 1007, compressed(ws.OpText, true, deflateOnly("\xff")))
	refuses("1002 a continuation says it is compressed", 1002,
		compressed(ws.OpText, false, []byte{0}), compressed(ws.OpContinuation, true, []byte{0}))
	refuses("1002 a control frame says it is compressed", 1002, compressed(ws.OpPing, true, nil))
	t.Run("1002 where it was not agreed on", func(t *testing.T) {
		t.Parallel()
		c := w.enter(t)
		c.frame(compressed(ws.OpText, true, deflateOnly(echo)))
		c.wantClose(1002)
	})
}

// FuzzInflate decompresses whatever a client sends.
func FuzzInflate(f *testing.F) {
	f.Add(deflateOnly(`{"type":"ping"}`))
	f.Add(deflateOnly(strings.Repeat("x", 100_000)))
	f.Add([]byte{0x00, 0x01, 0x00, 0xfe, 0xff, '}'})
	f.Fuzz(func(t *testing.T, sent []byte) {
		message, err := inflate(sent, maxMessage, nil)
		var bad *closeError
		if len(message) > maxMessage || err != nil && !errors.As(err, &bad) {
			t.Errorf("%d bytes became %d, %v", len(sent), len(message), err)
		}
		packed := appendDeflatedFrame(nil, []byte("before "), deflate(sent), []byte("}"))
		if got := inflateOnly(t, packed[len(packed)-payloadLength(packed):]); got != "before "+string(sent)+"}" {
			t.Errorf("%.50q became %.50q", sent, got)
		}
	})
}

// payloadLength returns the length that the header of a frame says.
func payloadLength(frame []byte) int {
	header, _ := ws.ReadHeader(bytes.NewReader(frame))
	return int(header.Length)
}

// BenchmarkDeflate is what compressing one event costs, for all who get it together.
func BenchmarkDeflate(b *testing.B) {
	payload := []byte(strings.Repeat(`{"name":"Ada Lovelace","status":"ACTIVE","notes":"Prefers calls in the morning."},`, 25))
	b.SetBytes(int64(len(payload)))
	b.ReportAllocs()
	for b.Loop() {
		deflate(payload)
	}
	b.ReportMetric(float64(len(deflate(payload)))/float64(len(payload)), "ratio")
}
