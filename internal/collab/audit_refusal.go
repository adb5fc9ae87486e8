package collab

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

const (
	// refusalsGather is how long refused sign-ins are collected before they are written, so that
	// immediate retries share one row.
	refusalsGather = time.Second
	// refusalsPause is the pause after each write. With maxRefusals it bounds the rows that a flood
	// can cause: 11 in 16 s, on each instance.
	refusalsPause = 15 * time.Second
	// maxRefusals bounds how many different refusals are written at a time. The rest share one row,
	// which has their number.
	maxRefusals = 10
	// refusalsEnd bounds the time for writing the last refusals when an instance stops.
	refusalsEnd = 2 * time.Second
)

// A refusal is a sign-in that was refused. Equal refusals share one row.
type refusal struct {
	orgID, userID ID
	origin        Origin
	reason        string
}

// refused is how often and when equal sign-ins were refused.
type refused struct {
	count       int
	first, last Time
}

func (r *refused) add(other refused) {
	if r.count == 0 {
		r.first = other.first
	}
	r.count += other.count
	r.last = other.last
}

// refusals collects refused sign-ins until they are written.
type refusals struct {
	mu      sync.Mutex // guards pending
	pending map[refusal]*refused
	// news has a value while something waits to be written.
	news chan struct{}
}

func newRefusals() *refusals {
	return &refusals{pending: make(map[refusal]*refused), news: make(chan struct{}, 1)}
}

// add collects a refusal. If there are too many different ones, it is only counted.
func (g *refusals) add(r refusal, n refused) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pending[r] == nil && len(g.pending) >= maxRefusals {
		r = refusal{orgID: Deployment, reason: "various"}
	}
	if g.pending[r] == nil {
		g.pending[r] = &refused{}
	}
	g.pending[r].add(n)
	select {
	case g.news <- struct{}{}:
	default:
	}
}

// gathered waits until there is something to write. It returns false if ctx ends first.
func (g *refusals) gathered(ctx context.Context) bool {
	select {
	case <-g.news:
		pause(ctx, refusalsGather)
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}

// take returns the refusals that were collected, and clears them.
func (g *refusals) take() map[refusal]*refused {
	g.mu.Lock()
	defer g.mu.Unlock()
	taken := g.pending
	g.pending = make(map[refusal]*refused)
	return taken
}

// SignInRefused records that somebody could not sign in, and never waits. claims are the trusted
// facts about them: none unless their token is genuine.
func (s *Service) SignInRefused(ctx context.Context, claims Claims, reason string) {
	r := refusal{orgID: claims.OrganizationID, userID: claims.UserID, origin: OriginFrom(ctx), reason: reason}
	if r.orgID == "" {
		r.orgID = Deployment
	}
	now := At(s.now())
	s.refusals.add(r, refused{count: 1, first: now, last: now})
}

// RecordRefusals writes the sign-ins that were refused into the audit trails, in
// the background, until ctx ends.
func (s *Service) RecordRefusals(ctx context.Context) {
	for s.refusals.gathered(ctx) {
		s.recordRefusals(ctx)
		pause(ctx, refusalsPause)
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), refusalsEnd)
	defer cancel()
	s.recordRefusals(last)
}

// recordRefusals writes the refusals that were collected. Refusals that can't be written are tried
// again the next time.
func (s *Service) recordRefusals(ctx context.Context) {
	taken := s.refusals.take()
	inOrder := slices.SortedFunc(maps.Keys(taken), func(a, b refusal) int { return taken[a].first.Compare(taken[b].first.Time) })
	for _, r := range inOrder {
		n := taken[r]
		entry := AuditEntry{Action: AuditSignInRefused, ActorID: r.userID, OccurredAt: n.first, Origin: r.origin}
		entry.detail(map[string]any{"reason": r.reason, "count": n.count, "until": n.last})
		if err := s.audit(ctx, r.orgID, entry); err != nil {
			s.log.Warn("a refused sign-in is not in the audit trail yet", "org", r.orgID, "count", n.count, "error", err)
			s.refusals.add(r, *n)
			continue
		}
		if r.orgID == Deployment { // which has no admins to see it
			s.log.Info("sign-ins refused", "count", n.count, "reason", r.reason, "address", r.origin.Address, "agent", r.origin.Agent)
		}
	}
}

// pause waits for a time, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
