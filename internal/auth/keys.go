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
	// keysEvery is how often the keys are read although nothing asks for it. More
	// seldom, and a key that was withdrawn is trusted for longer.
	keysEvery = 15 * time.Minute
	// keysAgain is how soon they are read again because of a token whose key is
	// unknown, or because they could not be read. Sooner, and a client that makes up
	// tokens makes this server flood the identity provider; later, and those who
	// bring the first tokens of a new key are refused for longer.
	keysAgain = 10 * time.Second
	// keyWait is how long a token with an unknown key waits for the keys to be read.
	keyWait = 3 * time.Second
)

// Keys are the public keys of an identity provider, read from where it publishes
// them (a JWK set). Those that were read last stay good while it is away.
type Keys struct {
	url    string
	log    *slog.Logger
	now    func() time.Time
	client *http.Client

	mu      sync.Mutex    // guards what follows
	known   []publicKey   // nil: none was ever read
	tried   time.Time     // when reading was begun last
	reading chan struct{} // closed when the reading that is under way ends; nil: none is
	failed  bool          // the last reading
}

// NewKeys returns the keys that url publishes. They are read when they are asked
// for first, and by Run.
func NewKeys(url string, log *slog.Logger, now func() time.Time) *Keys {
	return &Keys{url: url, log: log, now: now, client: newKeyClient()}
}

// Run keeps the keys up to date until ctx ends.
func (k *Keys) Run(ctx context.Context) {
	for ctx.Err() == nil {
		k.refresh(ctx)
		wait := keysEvery
		if k.away() {
			wait = keysAgain
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
}

// find returns the keys that may have made a signature. If none of those that are
// known may have, the keys are read again.
func (k *Keys) find(ctx context.Context, kid, alg string) (jwt.VerificationKeySet, error) {
	found, known := k.fitting(kid, alg)
	if len(found.Keys) == 0 {
		k.refresh(ctx)
		found, known = k.fitting(kid, alg)
	}
	switch {
	case len(found.Keys) > 0:
		return found, nil
	case !known:
		return found, collab.Errorf(collab.Unavailable, "the keys of the identity provider can't be read; try again in a moment")
	}
	return found, refused
}

// fitting returns the known keys that may have made a signature, and whether any
// key is known at all. A token that does not name its key may be of each.
func (k *Keys) fitting(kid, alg string) (found jwt.VerificationKeySet, known bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, key := range k.known {
		if (kid == "" || key.id == kid) && key.makes(alg) {
			found.Keys = append(found.Keys, key.key)
		}
	}
	return found, len(k.known) > 0
}

// away reports whether the keys could not be read the last time.
func (k *Keys) away() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.failed
}

// refresh reads the keys, unless they are being read or were a moment ago, and
// waits until they are read, for keyWait at most.
func (k *Keys) refresh(ctx context.Context) {
	k.mu.Lock()
	if k.reading == nil && (k.tried.IsZero() || k.now().Sub(k.tried) >= keysAgain) {
		k.reading, k.tried = make(chan struct{}), k.now()
		go k.read()
	}
	reading := k.reading
	k.mu.Unlock()
	if reading == nil {
		return
	}
	enough := time.NewTimer(keyWait)
	defer enough.Stop()
	select {
	case <-reading:
	case <-enough.C:
	case <-ctx.Done():
	}
}

// read reads the keys, for all who wait.
func (k *Keys) read() {
	known, err := fetchKeys(k.client, k.url)
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case err != nil:
		k.log.Warn("the keys of the identity provider can't be read; those that are known stay good", "known", len(k.known), "error", err)
	case k.failed:
		k.log.Info("the keys of the identity provider can be read again", "known", len(known))
	}
	if k.failed = err != nil; !k.failed {
		k.known = known
	}
	close(k.reading)
	k.reading = nil
}
