package transport

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
)

// An sse is the event stream of graphql-sse. Its zero value is the stream of one
// operation; one of many names the operation in each event.
type sse struct {
	operation string // its id as JSON, or ""
	// ping asks for keep-alives that a browser's EventSource can see. They are no
	// part of the protocol, and graphql-sse gives up on an event that it does not know.
	ping bool
}

// newSSE returns the stream that an operation asks for.
func newSSE(params graphql.RawParams) sse { return sse{ping: params.Extensions["ping"] == true} }

func (sse) header(h http.Header) { h.Set("Content-Type", "text/event-stream; charset=utf-8") }

// open says how long an EventSource waits before it comes back, each another
// while, since all of an instance lose their streams at once; and where it
// resumes if it never sees an event.
func (sse) open(dst []byte, at string) []byte {
	dst = append(dst, "retry: "...)
	dst = strconv.AppendInt(dst, 1000+rand.Int64N(2000), 10)
	if at != "" {
		dst = append(append(dst, "\nid: "...), at...)
	}
	return append(dst, "\n\n"...)
}

// alive is a comment, as the protocol has it. The data of a ping is empty, since
// some clients take all data for a response.
func (f sse) alive(dst []byte) []byte {
	if f.ping {
		return append(dst, "event: ping\ndata:\n\n"...)
	}
	return append(dst, ":\n\n"...)
}

func (sse) every() time.Duration { return 12 * time.Second }

// event writes a response. An event's cursor goes with it only if it is whole:
// nobody may resume after one that could not be rendered.
func (f sse) event(dst []byte, e hub.Event) []byte {
	dst = append(dst, "event: next\n"...)
	if f.operation == "" && e.Position > 0 && whole(e.Payload) {
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

// failed tells the errors as the last response: the protocol has no other place for them.
func (f sse) failed(dst []byte, errs gqlerror.List) []byte {
	return f.complete(f.event(dst, hub.Event{Payload: errorsPayload(errs)}))
}

// complete has a data line even if it is empty, without which an EventSource is
// not told; and no space in it, which some clients take for data.
func (f sse) complete(dst []byte) []byte {
	if f.operation == "" {
		return append(dst, "event: complete\ndata:\n\n"...)
	}
	dst = append(append(dst, "event: complete\ndata: {\"id\":"...), f.operation...)
	return append(dst, "}\n\n"...)
}

// whole reports whether a response is one without errors.
func whole(payload []byte) bool {
	return !bytes.HasPrefix(payload, []byte(`{"errors"`)) && !bytes.HasPrefix(payload, []byte(`{"data":null`))
}

// appendLine appends JSON as one line: a line break in it can only be between
// two tokens, where a space does as well.
func appendLine(dst, payload []byte) []byte {
	if bytes.IndexByte(payload, '\n') < 0 && bytes.IndexByte(payload, '\r') < 0 {
		return append(dst, payload...)
	}
	return append(dst, strings.NewReplacer("\n", " ", "\r", " ").Replace(string(payload))...)
}
