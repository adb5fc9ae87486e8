package auth

import (
	"crypto/ed25519"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// answering is a provider inside the process, for time that is not real.
type answering http.HandlerFunc

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	a(w, r)
	return w.Result(), nil
}

// Keys are read at the start, again soon if that failed, and from then on now and then.
func TestKeysAreReadNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		public, _, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		key, err := jose.JSONWebKey{KeyID: "d", Key: public}.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var reads atomic.Int64
		var down atomic.Bool
		k := NewKeys("https://idp.example/keys", slog.New(slog.DiscardHandler), time.Now)
		k.client.Transport = answering(func(w http.ResponseWriter, _ *http.Request) {
			if reads.Add(1); down.Load() {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			_, _ = w.Write([]byte(`{"keys":[` + string(key) + `]}`))
		})
		down.Store(true)
		go k.Run(t.Context())
		for _, step := range []struct {
			after time.Duration
			down  bool
			reads int64
			known bool
		}{
			{0, true, 1, false},
			{minRefreshInterval, false, 2, true},
			{refreshInterval - time.Second, false, 2, true},
			{time.Second, true, 3, true},
			{minRefreshInterval, true, 4, true},
		} {
			down.Store(step.down)
			time.Sleep(step.after)
			synctest.Wait()
			found, known := k.candidates("d", "EdDSA")
			if reads.Load() != step.reads || known != step.known || len(found.Keys) > 0 != step.known {
				t.Fatalf("after another %v: read %d times, %d keys", step.after, reads.Load(), len(found.Keys))
			}
		}
	})
}

// Callers that come during a read wait for it, at most refreshWait.
func TestNobodyWaitsLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := NewKeys("https://idp.example/keys", slog.New(slog.DiscardHandler), time.Now)
		k.client.Transport = answering(func(w http.ResponseWriter, r *http.Request) { time.Sleep(time.Minute) })
		began := time.Now()
		if _, err := k.find(t.Context(), "e", "ES256"); err == nil {
			t.Error("found a key")
		}
		if took := time.Since(began); took != refreshWait {
			t.Errorf("waited %v", took)
		}
		time.Sleep(time.Minute)
	})
}
