package stream

import (
	"bytes"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/hub"
	"tandem/internal/transport"
)

// sse is the event stream of graphql-sse. The zero value is for a stream with one operation. With several operations,
// each event has the id of its operation.
type sse struct {
	operation string // the id as JSON, or ""
	// ping selects keep-alives that a browser's EventSource can see. They are not part of the protocol, and
	// graphql-sse fails on an unknown event.
	ping bool
}

// newSSE returns the format of an operation's stream.
func newSSE(params graphql.RawParams) sse { return sse{ping: params.Extensions["ping"] == true} }

func (sse) header(h http.Header) { h.Set("Content-Type", "text/event-stream; charset=utf-8") }

// open appends the delay after which an EventSource reconnects, which is random since all clients of an instance
// lose their streams at once; and the cursor to resume after if no event arrives.
func (sse) open(dst []byte, at string) []byte {
	dst = append(dst, "retry: "...)
	dst = strconv.AppendInt(dst, 1000+rand.Int64N(2000), 10)
	if at != "" {
		dst = append(append(dst, "\nid: "...), at...)
	}
	return append(dst, "\n\n"...)
}

// alive appends a comment, as the protocol says, or a ping. A ping has no data, since some clients take any data for
// a response.
func (f sse) alive(dst []byte) []byte {
	if f.ping {
		return append(dst, "event: ping\ndata:\n\n"...)
	}
	return append(dst, ":\n\n"...)
}

func (sse) every() time.Duration { return 12 * time.Second }

// event appends a response, with the event's cursor unless the event has errors: a client must not resume after an
// event that could not be rendered.
func (f sse) event(dst []byte, e hub.Event) []byte {
	dst = append(dst, "event: next\n"...)
	if f.operation == "" && e.Position > 0 && !e.Failed {
		dst = append(append(append(dst, "id: "...), e.Cursor.String()...), '\n')
	}
	dst = append(dst, "data: "...)
	if f.operation == "" {
		dst = appendLine(dst, e.Payload)
		return append(dst, "\n\n"...)
	}
	dst = append(append(append(dst, `{"id":`...), f.operation...), `,"payload":`...)
	dst = appendLine(dst, e.Payload)
	return append(dst, "}\n\n"...)
}

// failed appends the errors as the last response: the protocol has no other place for them.
func (f sse) failed(dst []byte, errs gqlerror.List) []byte {
	return f.complete(f.event(dst, hub.Event{Payload: transport.ErrorsPayload(errs)}))
}

// complete appends the end. It has an empty data line, without which an EventSource ignores the event, and no space
// in it, which some clients take for data.
func (f sse) complete(dst []byte) []byte {
	if f.operation == "" {
		return append(dst, "event: complete\ndata:\n\n"...)
	}
	dst = append(append(dst, "event: complete\ndata: {\"id\":"...), f.operation...)
	return append(dst, "}\n\n"...)
}

// appendLine appends JSON as one line. Line breaks in JSON are only between tokens, where a space is equivalent.
func appendLine(dst, payload []byte) []byte {
	if bytes.IndexByte(payload, '\n') < 0 && bytes.IndexByte(payload, '\r') < 0 {
		return append(dst, payload...)
	}
	return append(dst, strings.NewReplacer("\n", " ", "\r", " ").Replace(string(payload))...)
}
