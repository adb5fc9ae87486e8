package stream

import (
	"net/http"
	"sync/atomic"
	"time"

	"tandem/internal/transport"
)

// openStream reserves a place for a stream, or rejects the request and reports false. The writer
// that it returns counts the bytes sent. The caller calls end with the cause of the stream's end.
func (t *Streams) openStream(w http.ResponseWriter, r *http.Request, protocol string) (counted http.ResponseWriter, end func(cause error), ok bool) {
	release := func() {}
	if t.Reserve != nil {
		var err error
		if release, err = t.Reserve(r.Context()); err != nil {
			transport.WriteBusy(w, r, err)
			return nil, nil, false
		}
	}
	began := time.Now()
	sent := t.Stats.Begin(protocol)
	return &countingWriter{w, sent}, func(cause error) {
		t.Stats.End(protocol, transport.CodeOf(cause), time.Since(began))
		release()
	}, true
}

// protocolOf returns the protocol of a stream, as Stats names it.
func protocolOf(f format) string {
	if _, is := f.(multipart); is {
		return transport.ProtocolMultipart
	}
	return transport.ProtocolSSE
}

// A countingWriter counts the bytes of a response.
type countingWriter struct {
	http.ResponseWriter
	sent *atomic.Int64
}

// Write writes, and counts what was written.
func (w *countingWriter) Write(b []byte) (int, error) {
	n, err := w.ResponseWriter.Write(b)
	w.sent.Add(int64(n))
	return n, err
}

// Unwrap lets a response controller reach the writer.
func (w *countingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
