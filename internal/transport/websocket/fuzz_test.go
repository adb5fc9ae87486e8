package websocket

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/gobwas/ws"

	"tandem/internal/engine"
	"tandem/internal/hub"
	"tandem/internal/transport"
)

// FuzzReader decodes anything that a client may send. Decoding neither panics nor takes more memory
// than the client sent.
func FuzzReader(f *testing.F) {
	frame := func(fs ...ws.Frame) []byte {
		var b bytes.Buffer
		for _, f := range fs {
			_ = ws.WriteFrame(&b, ws.MaskFrame(f))
		}
		return b.Bytes()
	}
	f.Add(frame(ws.NewTextFrame([]byte(`{"type":"ping"}`))))
	f.Add(frame(ws.NewFrame(ws.OpText, false, []byte("{")), ws.NewPingFrame([]byte("x")), ws.NewFrame(ws.OpContinuation, true, []byte("}"))))
	f.Add(frame(ws.NewCloseFrame(ws.NewCloseFrameBody(1000, "bye"))))
	f.Add([]byte{0x81, 0xff, 0, 0, 0, 0, 0, 0x0f, 0xff, 0xff, 1, 2, 3, 4, 'x'})
	f.Add([]byte{0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4})
	f.Add([]byte{0x81, 0x02, '{', '}'})
	f.Fuzz(func(t *testing.T, sent []byte) {
		controls := 0
		r := reader{from: bytes.NewReader(sent), most: maxMessage, control: func(op ws.OpCode, payload []byte) error {
			controls++
			if !op.IsControl() || len(payload) > ws.MaxControlFramePayloadSize {
				t.Errorf("a control frame %v of %d bytes", op, len(payload))
			}
			if op == ws.OpClose {
				if answer := answerClose(payload); answer < 1000 || answer >= 5000 {
					t.Errorf("a close frame %x is answered with %d", payload, answer)
				}
			}
			return nil
		}}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		messages, total := 0, 0
		for {
			message, err := r.message()
			if err != nil {
				var bad *closeError
				if !errors.As(err, &bad) && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("an error of its own: %v", err)
				}
				break
			}
			messages++
			total += len(message)
			if len(message) > maxMessage || !utf8.Valid(message) {
				t.Errorf("a message of %d bytes", len(message))
			}
		}
		runtime.ReadMemStats(&after)
		if total > len(sent) || messages+controls > len(sent)/6 {
			t.Errorf("%d bytes became %d messages of %d bytes and %d control frames", len(sent), messages, total, controls)
		}
		if grown := after.TotalAlloc - before.TotalAlloc; grown > uint64(1<<20+100*len(sent)) {
			t.Errorf("%d bytes cost %d bytes", len(sent), grown)
		}
	})
}

// FuzzFrameEnd finds where frames of the server end, wherever a write stopped.
func FuzzFrameEnd(f *testing.F) {
	f.Add(uint16(0), uint32(70_000), uint16(300), uint32(5))
	f.Add(uint16(125), uint32(126), uint16(65_535), uint32(128))
	f.Fuzz(func(t *testing.T, a uint16, b uint32, c uint16, n uint32) {
		var frames []byte
		ends := []int{0}
		for _, length := range []int{int(a), int(b % (1 << 18)), int(c)} {
			frames = appendFrame(frames, ws.OpText, make([]byte, length))
			ends = append(ends, len(frames))
		}
		at := int(n) % (len(frames) + 1)
		want := 0
		for _, end := range ends {
			if want = end; end >= at {
				break
			}
		}
		if got := frameEnd(frames, at); got != want {
			t.Errorf("after %d: got %d, want %d", at, got, want)
		}
	})
}

// fuzzWire is a server without a network.
func fuzzWire() (*Server, graphql.GraphExecutor) {
	w := &wire{log: &wireLog{}, gate: make(chan struct{}), gated: make(chan struct{}, 1000)}
	close(w.gate)
	w.hub = hub.New(w.log, noCaches{}, slog.New(slog.DiscardHandler), hub.Options{})
	w.all = hub.NewBroadcasts(w.hub, hub.BroadcastOptions{})
	identify := func(context.Context) (engine.Identity, error) {
		same := func(ctx context.Context) context.Context { return ctx }
		return engine.Identity{Scope: "s", User: "u", Org: "acme", Shared: same, Own: same}, nil
	}
	w.Server = &Server{
		Engine: engine.New(engine.Config{Broadcasts: w.all, Identify: identify, Present: graphql.DefaultErrorPresenter}), Stats: &transport.Stats{}, Init: wireInit,
		InitTimeout: time.Hour, Stall: time.Hour, PingInterval: time.Hour,
		AllowOrigin: func(*http.Request, string) bool { return true },
		Draining:    context.Background(), Sockets: &w.sockets,
	}
	return w.Server, executor.New(w)
}

// exchange says messages on a connection of its own, closes it, and returns what
// the server said.
func exchange(t *testing.T, w *Server, exec graphql.GraphExecutor, d *dialect, messages ...string) []ws.Frame {
	client, server := net.Pipe()
	w.Sockets.Add(1)
	w.serve(t.Context(), server, nil, negotiated{dialect: d}, exec)
	_ = client.SetDeadline(time.Now().Add(wirePatience))
	go func() {
		for _, message := range messages {
			if ws.WriteFrame(client, ws.MaskFrame(ws.NewTextFrame([]byte(message)))) != nil {
				return
			}
		}
		_ = ws.WriteFrame(client, ws.MaskFrame(ws.NewCloseFrame(ws.NewCloseFrameBody(1000, ""))))
	}()
	var frames []ws.Frame
	for {
		f, err := readFrame(client)
		if err != nil {
			t.Fatalf("no close frame came: %v", err)
		}
		frames = append(frames, f)
		if f.Header.OpCode == ws.OpClose {
			_ = client.Close()
			w.Sockets.Wait()
			return frames
		}
	}
}

// wantSane checks what holds of everything that a server says.
func wantSane(t *testing.T, d *dialect, frames []ws.Frame) {
	ended := make(map[string]bool)
	for _, f := range frames {
		switch {
		case f.Header.OpCode == ws.OpClose:
			code, _ := closing(f)
			if len(f.Payload) > 125 || transport.CodeLabel(code) == "other" {
				t.Errorf("closed with %d and %d bytes", code, len(f.Payload))
			}
		case f.Header.OpCode == ws.OpText:
			var m message
			if err := decodeStrictly(f.Payload, &m); err != nil {
				t.Fatalf("said %q: %v", f.Payload, err)
			}
			switch m.Type {
			case "connection_ack", "pong", "ka", "connection_error", d.next:
			case "error", "complete":
				if d == modern && m.Type == "complete" && ended[m.ID] {
					t.Errorf("%s ended twice", m.ID)
				}
				ended[m.ID] = m.Type == "error"
			default:
				t.Errorf("said %s", f.Payload)
			}
		default:
			t.Errorf("sent a frame of %v", f.Header.OpCode)
		}
	}
}

// most bounds what is said, in bytes: what is longer takes time and tells nothing new.
const most = 1 << 15

// FuzzMessage says anything to a server that is signed in to.
func FuzzMessage(f *testing.F) {
	w, exec := fuzzWire()
	for _, message := range []string{
		`{"type":"ping","payload":{"a":1}}`, `{"type":"pong"}`, `{"type":"connection_init"}`, `null`, `[]`, `{`, `{"type":"complete","id":"1"}`,
		subscribeMessage("subscribe", "1", echoA), subscribeMessage("start", "1", echoA), `{"type":"stop","id":"1"}`, `{"type":"connection_terminate"}`,
		subscribeMessage("subscribe", "1", `subscription { changed }`), subscribeMessage("subscribe", "\x00\u2028\"", `{ panic }`),
		`{"id":"1","type":"subscribe","payload":{"query":"query($t:String){echo(text:$t)}","variables":{"t":1e999},"operationName":"x","extensions":{}}}`,
	} {
		f.Add(message, message, true)
		f.Add(message, subscribeMessage("start", "1", `{ nothing }`), false)
	}
	f.Fuzz(func(t *testing.T, one, two string, newer bool) {
		one, two = one[:min(len(one), most)], two[:min(len(two), most)]
		d := legacy
		if newer {
			d = modern
		}
		wantSane(t, d, exchange(t, w, exec, d, `{"type":"connection_init"}`, one, two))
	})
}

// FuzzInitPayload signs in with anything.
func FuzzInitPayload(f *testing.F) {
	w, exec := fuzzWire()
	for _, payload := range []string{``, `null`, `{}`, `[]`, `1`, `"x"`, `{"as":"nobody"}`, `{"as":"panic"}`, `{"authorization":"Bearer x"}`, strings.Repeat(`{"a":`, 100) + `1` + strings.Repeat(`}`, 100)} {
		f.Add(payload)
	}
	f.Fuzz(func(t *testing.T, payload string) {
		payload = payload[:min(len(payload), most)]
		frames := exchange(t, w, exec, modern, `{"type":"connection_init","payload":`+payload+`}`, subscribeMessage("subscribe", "1", echoA))
		wantSane(t, modern, frames)
		acknowledged := frames[0].Header.OpCode == ws.OpText
		if code, _ := closing(frames[len(frames)-1]); acknowledged && code != 1000 && code != 4403 {
			t.Errorf("acknowledged, and closed with %d", code)
		}
	})
}
