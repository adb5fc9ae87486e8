package auth

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"tandem/internal/collab"
)

const (
	// refreshInterval is the interval of regular reads of the keys. With a longer interval the server
	// trusts a withdrawn key for longer.
	refreshInterval = 15 * time.Minute
	// minRefreshInterval is the shortest interval between two reads because of an unknown key or a failed
	// read. With a shorter interval a client that makes up tokens makes this server flood the
	// identity provider. With a longer one the first tokens of a new key are refused for longer.
	minRefreshInterval = 10 * time.Second
	// refreshWait is the maximum time that a token with an unknown key waits for the keys to be read.
	refreshWait = 3 * time.Second
)

// Keys are the public keys of an identity provider, read from where it publishes them (a JWK set).
// While the provider is away, the keys of the last successful read stay valid.
type Keys struct {
	url    string
	log    *slog.Logger
	now    func() time.Time
	client *http.Client

	mu      sync.Mutex    // guards the fields below
	known   []publicKey   // nil: none was ever read
	tried   time.Time     // when the last read began
	reading chan struct{} // closed when the read under way ends; nil if there is none
	failed  bool          // whether the last read failed
	readAt  time.Time     // when the known keys were read
}

// NewKeys returns the keys published at url. They are read on first use, and by Run.
func NewKeys(url string, log *slog.Logger, now func() time.Time) *Keys {
	return &Keys{url: url, log: log, now: now, client: newKeyClient()}
}

// Run keeps the keys up to date until ctx ends.
func (k *Keys) Run(ctx context.Context) {
	for ctx.Err() == nil {
		k.refresh(ctx)
		wait := refreshInterval
		if k.away() {
			wait = minRefreshInterval
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
}

// find returns the keys that may have made a signature. If no known key may have, it reads the keys
// again.
func (k *Keys) find(ctx context.Context, kid, alg string) (jwt.VerificationKeySet, error) {
	found, known := k.candidates(kid, alg)
	if len(found.Keys) == 0 {
		k.refresh(ctx)
		found, known = k.candidates(kid, alg)
	}
	switch {
	case len(found.Keys) > 0:
		return found, nil
	case !known:
		return found, collab.Errorf(collab.Unavailable, "the keys of the identity provider can't be read; try again in a moment")
	}
	return found, refused
}

// candidates returns the known keys that may have made a signature, and whether any key is known. For
// a token without a key id all of them may have.
func (k *Keys) candidates(kid, alg string) (found jwt.VerificationKeySet, known bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, key := range k.known {
		if (kid == "" || key.id == kid) && key.makes(alg) {
			found.Keys = append(found.Keys, key.key)
		}
	}
	return found, len(k.known) > 0
}

// away reports whether the last read failed.
func (k *Keys) away() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.failed
}

// Stats returns the number of known keys, and how long ago they were read. There are none until they were read once.
func (k *Keys) Stats() (known int, age time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.known) == 0 {
		return 0, 0
	}
	return len(k.known), k.now().Sub(k.readAt)
}

// refresh reads the keys, unless a read is in progress or ended a moment ago, and waits until they are
// read, at most refreshWait.
func (k *Keys) refresh(ctx context.Context) {
	k.mu.Lock()
	if k.reading == nil && (k.tried.IsZero() || k.now().Sub(k.tried) >= minRefreshInterval) {
		k.reading, k.tried = make(chan struct{}), k.now()
		go k.read()
	}
	reading := k.reading
	k.mu.Unlock()
	if reading == nil {
		return
	}
	enough := time.NewTimer(refreshWait)
	defer enough.Stop()
	select {
	case <-reading:
	case <-enough.C:
	case <-ctx.Done():
	}
}

// read reads the keys, on behalf of all waiting callers.
func (k *Keys) read() {
	known, err := fetchKeys(k.client, k.url)
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case err != nil:
		k.log.Warn("the keys of the identity provider can't be read; the known keys stay valid", "known", len(k.known), "error", err)
	case k.failed:
		k.log.Info("the keys of the identity provider can be read again", "known", len(known))
	}
	if k.failed = err != nil; !k.failed {
		k.known, k.readAt = known, k.now()
	}
	close(k.reading)
	k.reading = nil
}
