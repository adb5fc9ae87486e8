package session_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/session"
)

// A session ends when its token has expired by the clock on the wall: at once by a timer, and within 10 s after the clock was set or the
// machine was suspended.
func TestSessionEndsByTheWall(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		lasts, ahead, ends time.Duration
	}{
		"by a timer":                         {25 * time.Second, 0, 25 * time.Second},
		"that had expired":                   {-time.Second, 0, 0},
		"after the clock was set forward":    {time.Hour, 2 * time.Hour, 10 * time.Second},
		"after the clock was set back":       {25 * time.Second, -20 * time.Second, 45 * time.Second},
		"whose token ends after the machine": {time.Hour, time.Hour - 5*time.Second, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				var ahead atomic.Int64
				s := session.New(began.Add(tc.lasts), func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }, nil)
				ended := make(chan time.Time, 1)
				e := session.NewExpiry(s, func() { ended <- time.Now() })
				defer e.Stop()
				ahead.Store(int64(tc.ahead))
				if took := (<-ended).Sub(began); took != tc.ends {
					t.Errorf("it ended after %s, not %s", took, tc.ends)
				}
			})
		})
	}
}

// A session that is extended, or without an end, does not end. It ends earlier if its new token expires earlier.
func TestSessionWhoseEndMoves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, ended := session.New(time.Now().Add(time.Minute), nil, nil), false
		e := session.NewExpiry(s, func() { ended = true })
		s.Extend(time.Now().Add(time.Hour))
		time.Sleep(30 * time.Minute)
		s.Extend(time.Time{})
		time.Sleep(time.Hour)
		synctest.Wait()
		if ended {
			t.Fatal("it ended")
		}
		s.Extend(time.Now().Add(time.Second))
		e.Check()
		time.Sleep(time.Second)
		synctest.Wait()
		if !ended {
			t.Error("it did not end when its new token expired")
		}
		e.Stop()
	})
}
