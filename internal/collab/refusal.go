package collab

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

const (
	// refusalsGather is how long sign-ins that are refused are gathered before they
	// are written, so that those who try again at once are one row.
	refusalsGather = time.Second
	// refusalsPause is how long nothing more is written then. With maxRefusals it
	// bounds the rows that a flood can make: 11 in 16 s, on each instance.
	refusalsPause = 15 * time.Second
	// maxRefusals bounds how many different ones are written at a time. The rest is
	// one row, which says how many.
	maxRefusals = 10
	// refusalsEnd is how long the last ones may take to be written when an instance stops.
	refusalsEnd = 2 * time.Second
)

// A refusal is a sign-in that was refused. Those that are alike are one row.
type refusal struct {
	orgID, userID ID
	origin        Origin
	reason        string
}

// refused is how often and when a sign-in was refused.
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

// refusals gathers the sign-ins that are refused until they are written.
type refusals struct {
	mu    sync.Mutex // guards alike
	alike map[refusal]*refused
	// news has a value while something waits to be written.
	news chan struct{}
}

func newRefusals() *refusals {
	return &refusals{alike: make(map[refusal]*refused), news: make(chan struct{}, 1)}
}

// add gathers a refusal. When there are too many different ones, it is only counted.
func (g *refusals) add(r refusal, n refused) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.alike[r] == nil && len(g.alike) >= maxRefusals {
		r = refusal{orgID: Deployment, reason: "various"}
	}
	if g.alike[r] == nil {
		g.alike[r] = &refused{}
	}
	g.alike[r].add(n)
	select {
	case g.news <- struct{}{}:
	default:
	}
}

// gathered waits until there is something to write, or ctx ends; then it is false.
func (g *refusals) gathered(ctx context.Context) bool {
	select {
	case <-g.news:
		pause(ctx, refusalsGather)
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}

// take returns what was gathered.
func (g *refusals) take() map[refusal]*refused {
	g.mu.Lock()
	defer g.mu.Unlock()
	taken := g.alike
	g.alike = make(map[refusal]*refused)
	return taken
}

// SignInRefused notes that somebody could not sign in, and never waits. claims are
// what is believed of them: nothing, unless their token is a true one.
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

// recordRefusals writes what was gathered. What can't be written waits for the next time.
func (s *Service) recordRefusals(ctx context.Context) {
	taken := s.refusals.take()
	inOrder := slices.SortedFunc(maps.Keys(taken), func(a, b refusal) int { return taken[a].first.Compare(taken[b].first.Time) })
	for _, r := range inOrder {
		n := taken[r]
		entry := &AuditEntry{Action: AuditSignInRefused, ActorID: r.userID, OccurredAt: n.first, Origin: r.origin}
		entry.detail(map[string]any{"reason": r.reason, "count": n.count, "until": n.last})
		if err := s.store.Audit(ctx, r.orgID, []*AuditEntry{entry}); err != nil {
			s.log.Warn("a refused sign-in is not in the audit trail yet", "org", r.orgID, "count", n.count, "error", err)
			s.refusals.add(r, *n)
			continue
		}
		if r.orgID == Deployment { // which has no admins to see it
			s.log.Info("sign-ins refused", "count", n.count, "reason", r.reason, "address", r.origin.Address, "agent", r.origin.Agent)
		}
	}
}

// pause waits, or for the end of ctx.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
