package stream

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"tandem/internal/transport"
)

func TestStreamsAskForRoom(t *testing.T) {
	t.Parallel()
	var ended []string
	left := 0
	record := func(protocol, code string, _ time.Duration) { ended = append(ended, protocol+" "+code) }
	e := &Streams{Stats: &transport.Stats{Ended: record}, Reserve: func(context.Context) (func(), error) { return func() { left++ }, nil }}
	recorder := httptest.NewRecorder()
	w, end, ok := e.openStream(recorder, httptest.NewRequest(http.MethodGet, "/", nil), transport.ProtocolSSE)
	if !ok || e.Stats.Snapshot().Open[transport.ProtocolSSE] != 1 || e.Stats.Sockets() != 0 {
		t.Fatal("the stream is not open")
	}
	_, _ = w.Write([]byte("12345"))
	if err := http.NewResponseController(w).Flush(); err != nil {
		t.Errorf("the writer can't be flushed: %v", err)
	}
	end(transport.ErrDraining)
	if !slices.Equal(ended, []string{"sse 1012"}) || left != 1 || e.Stats.Snapshot().Sent != 5 {
		t.Errorf("ended with %v, left %d times, sent %d", ended, left, e.Stats.Snapshot().Sent)
	}

	e.Reserve = func(context.Context) (func(), error) {
		return nil, &transport.Busy{Code: "UNAVAILABLE", Message: "full", After: 7 * time.Second}
	}
	recorder = httptest.NewRecorder()
	if _, _, ok := e.openStream(recorder, httptest.NewRequest(http.MethodGet, "/", nil), transport.ProtocolSSE); ok {
		t.Fatal("the stream was let in")
	}
	if recorder.Code != http.StatusServiceUnavailable || recorder.Header().Get("Retry-After") != "7" ||
		recorder.Body.String() != `{"errors":[{"message":"full","extensions":{"code":"UNAVAILABLE"}}]}` {
		t.Errorf("got %d, %v, %s", recorder.Code, recorder.Header(), recorder.Body)
	}
}
