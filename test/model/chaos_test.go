package model

import (
	"sync"
	"time"

	"tandem/internal/systemtest"
)

// A disturbance is a time in which a part of the system was down, and the moment after it in which the others
// recover.
type disturbance struct {
	from, to time.Time // to is zero while it lasts
}

// afterwards is how long the effects of a disturbance may last.
const afterwards = 10 * time.Second

// disturbances are the disturbances of one system. Processes are started again in the background.
type disturbances struct {
	mu       sync.Mutex
	all      []*disturbance
	back     time.Time // when Postgres or an instance was last ready again
	starting sync.WaitGroup
	failed   error // why a process did not start again
}

// disturbed reports whether a part was down since a time, or just before it.
func (s *system) disturbed(since time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.all {
		if d.to.IsZero() || d.to.Add(afterwards).After(since) {
			return true
		}
	}
	return false
}

// backAt returns when Postgres or an instance was last ready again; now, while one is not.
func (s *system) backAt() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.back
}

// bounce kills a process, and starts it again after a while, in the background.
func (s *system) bounce(p *systemtest.Process, after time.Duration) {
	d := s.takeAway(p)
	s.starting.Go(func() {
		<-time.After(after)
		s.giveBack(p, d)
	})
}

// takeAway kills a process.
func (s *system) takeAway(p *systemtest.Process) *disturbance {
	d := &disturbance{from: time.Now()}
	s.mu.Lock()
	s.all = append(s.all, d)
	if p != s.redis {
		s.back = time.Now().Add(time.Hour)
	}
	s.mu.Unlock()
	p.Kill()
	return d
}

// giveBack starts a process that was killed.
func (s *system) giveBack(p *systemtest.Process, d *disturbance) {
	err := p.Start()
	s.mu.Lock()
	defer s.mu.Unlock()
	if d.to = time.Now(); p != s.redis {
		s.back = d.to
	}
	if err != nil {
		s.failed = err
	}
}

// whole waits until everything that was killed to be started again is back.
func (w *world) whole() {
	w.starting.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed != nil {
		w.fail(nil, nil, "%v", w.failed)
	}
}

// name returns the name of an instance in reports.
func (s *system) name(instance int) string { return s.instances[instance].Name }

// killPostgres kills Postgres, which comes back.
func (w *world) killPostgres() {
	w.whole()
	w.note(nil, nil, "Postgres is killed, and comes back")
	w.bounce(w.postgres, time.Duration(w.random.IntN(500))*time.Millisecond)
}

// killInstance kills an instance, which comes back, and returns the sessions that it takes with it.
func (w *world) killInstance(instance int) []*session {
	w.whole()
	w.returnRedis() // so that it is not held up
	w.note(nil, nil, "%s is killed, and comes back", w.name(instance))
	var lost []*session
	for _, s := range w.sessions {
		if s.instance == instance && !s.over && !s.leftBehind() {
			s.goOn()
			s.forgive()
			lost = append(lost, s)
			w.released(s, afterDeath)
		}
	}
	for _, r := range w.rooms {
		for _, t := range r.tabs {
			t.lasting(afterDeath) // it may not have been let go of
		}
	}
	w.bounce(w.instances[instance], time.Duration(w.random.IntN(300))*time.Millisecond)
	return lost
}

// killRedis kills Redis, which stays away until returnRedis.
func (w *world) killRedis() {
	if w.redisGone == nil {
		w.note(nil, nil, "Redis is killed, and stays away")
		w.redisGone = w.takeAway(w.redis)
		for _, r := range w.rooms {
			for _, t := range r.tabs {
				t.forgotten()
			}
		}
	}
}

// returnRedis starts Redis again if it is away.
func (w *world) returnRedis() {
	if w.redisGone != nil {
		w.giveBack(w.redis, w.redisGone)
		w.redisGone = nil
		w.note(nil, nil, "Redis is back")
	}
}
