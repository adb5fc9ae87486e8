package redis

import (
	"context"
	_ "embed"
	"errors"
	"log/slog"
	"net/url"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	goredis "github.com/redis/go-redis/v9"

	"tandem/internal/collab"
)

const (
	// limitTimeout is how long a count waits for Redis. Every operation waits for it,
	// so it is far shorter than the timeout of other calls.
	limitTimeout = 200 * time.Millisecond
	// retryAfter is how long the limits skip Redis after it did not answer.
	retryAfter = 2 * time.Second
	// prefetchShare is which part of a burst an instance takes ahead, from a bucket
	// that is at least half full, so that it need not ask Redis for each.
	prefetchShare = 20
	// maxPrefetched bounds the keys of which an instance holds units that it took ahead.
	maxPrefetched = 10_000
)

var (
	//go:embed limit_take.lua
	takeLua    string
	takeScript = goredis.NewScript(takeLua)
)

// Limits is the collab.Limits of one of many instances. A count is one round trip, and none for a
// key that is far under the limit: an instance takes some units ahead, which are its own for the
// time that the bucket takes to refill by them. Together, instances never allow more than the
// limit.
type Limits struct {
	client *Client
	alone  collab.Limits // for when Redis is away
	log    *slog.Logger
	clock  func() time.Time // of a test, or nil
	now    func() time.Time

	mu        sync.Mutex // guards what follows; innermost
	ahead     *simplelru.LRU[collab.LimitKey, allowance]
	awayUntil time.Time
	away      bool
}

// An allowance is the units of a key that an instance took ahead, and their expiry.
type allowance struct {
	left  int
	until time.Time
}

// NewLimits returns the Limits of an instance; alone counts while Redis is away.
// now is nil except in tests: the clock is Redis's own, since those of instances differ.
func NewLimits(client *Client, alone collab.Limits, log *slog.Logger, now func() time.Time) *Limits {
	ahead, _ := simplelru.NewLRU[collab.LimitKey, allowance](maxPrefetched, nil) // an error is for a size below 1
	l := &Limits{client: client, alone: alone, log: log, clock: now, now: now, ahead: ahead}
	if now == nil {
		l.now = time.Now
	}
	return l
}

// Take counts n more of a key. If there is no room for them, it returns how long to wait.
func (l *Limits) Take(ctx context.Context, key collab.LimitKey, limit collab.Limit, n int) time.Duration {
	if limit.Off() {
		return 0
	}
	if l.spend(key, n) {
		return 0
	}
	if l.isDown() {
		return l.alone.Take(ctx, key, limit, n)
	}
	ahead, wait, err := l.take(ctx, key, limit, n)
	switch {
	case ctx.Err() != nil: // nobody waits for the answer
		return 0
	case err != nil:
		l.lost(err)
		return l.alone.Take(ctx, key, limit, n)
	}
	l.found()
	l.keep(key, limit, ahead)
	return wait
}

// take counts in Redis.
func (l *Limits) take(ctx context.Context, key collab.LimitKey, limit collab.Limit, n int) (ahead int, wait time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, limitTimeout)
	defer cancel()
	var now any = ""
	if l.clock != nil {
		now = l.clock().UnixMicro()
	}
	answer, err := takeScript.Run(ctx, l.client, []string{limitKey(key)},
		now, max(1, limit.Every.Microseconds()), limit.Burst, n, limit.Burst/prefetchShare).Int64Slice()
	if err != nil {
		return 0, 0, err
	}
	if len(answer) != 2 {
		return 0, 0, errors.New("limit_take.lua gave an unexpected answer")
	}
	return int(answer[0]), time.Duration(answer[1]) * time.Microsecond, nil
}

// limitKey is one key, in any slot of a cluster. Names are escaped.
func limitKey(key collab.LimitKey) string {
	return "tandem:limit:" + url.QueryEscape(key.What) + ":" + url.QueryEscape(key.Who)
}

// spend uses n of the units that were taken ahead, and reports whether there were enough.
func (l *Limits) spend(key collab.LimitKey, n int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	held, ok := l.ahead.Get(key)
	if !ok || held.left < n || l.now().After(held.until) {
		return false
	}
	held.left -= n
	l.ahead.Add(key, held)
	return true
}

// keep adds units that were taken ahead.
func (l *Limits) keep(key collab.LimitKey, limit collab.Limit, ahead int) {
	if ahead == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	held, _ := l.ahead.Get(key)
	now := l.now()
	if now.After(held.until) {
		held.left = 0
	}
	l.ahead.Add(key, allowance{held.left + ahead, now.Add(time.Duration(ahead) * limit.Every)})
}

func (l *Limits) isDown() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now().Before(l.awayUntil)
}

// lost notes that Redis did not answer.
func (l *Limits) lost(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.awayUntil = l.now().Add(retryAfter)
	if !l.away {
		l.log.Warn("limits are counted by each instance alone; Redis is away", "error", err)
	}
	l.away = true
}

// found notes that it did.
func (l *Limits) found() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.away {
		l.log.Info("limits are shared again")
	}
	l.away = false
}
