package presence_test

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/memory"
	"tandem/internal/presence"
)

// window is how long changes are collected, and a little more.
const window = 55 * time.Millisecond

var office = collab.Room{OrgID: "acme", ID: "office"}

// rooms is one instance's Rooms inside a synctest bubble.
type rooms struct {
	*presence.Rooms
	t     *testing.T
	store *countingStore
	log   *strings.Builder
	stop  func() // ends Run, and returns when it has ended
}

// withRooms runs a test in a bubble, where time passes only when everybody waits.
func withRooms(t *testing.T, test func(t *testing.T, r *rooms)) {
	synctest.Test(t, func(t *testing.T) {
		test(t, newRooms(t, memory.NewPresences(time.Now)))
	})
}

func newRooms(t *testing.T, store collab.Presences) *rooms {
	r := &rooms{t: t, store: &countingStore{Presences: store}, log: &strings.Builder{}}
	r.Rooms = presence.NewRooms(r.store, slog.New(slog.NewTextHandler(r.log, nil)))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		r.Run(ctx)
		close(ended)
	}()
	r.stop = func() {
		cancel()
		<-ended
	}
	synctest.Wait()
	return r
}

// who is a client that a test makes present: "ada" is short for "ada/1".
func who(name string) collab.Presence {
	userID, clientID, found := strings.Cut(name, "/")
	if !found {
		clientID = "1"
	}
	return collab.Presence{UserID: collab.ID(userID), Name: userID, ClientID: collab.ID(clientID)}
}

func (r *rooms) enter(name string) (leave func(clean bool)) {
	r.t.Helper()
	leave, err := r.Enter(r.t.Context(), office, who(name), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return leave
}

// A reader is a subscription whose updates arrive as words.
type reader struct {
	*presence.Subscription
	t *testing.T
}

// read returns a reader that has not had its snapshot.
func (r *rooms) read() *reader {
	return &reader{r.Subscribe(r.t.Context(), office), r.t}
}

// subscribe returns a reader that has had its snapshot.
func (r *rooms) subscribe() *reader {
	r.t.Helper()
	reader := r.read()
	if first := reader.next(); !strings.HasPrefix(first, "=") {
		r.t.Fatalf("the first update is %q, want a snapshot", first)
	}
	return reader
}

func (r *reader) next() string {
	r.t.Helper()
	update, err := r.Next(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return words(update)
}

// want checks the next update, and that it comes within a duration.
func (r *reader) want(within time.Duration, want string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), within)
	defer cancel()
	update, err := r.Next(ctx)
	if err != nil {
		r.t.Fatalf("%q did not come within %v: %v", want, within, err)
	}
	if got := words(update); got != want {
		r.t.Fatalf("the update is %q, want %q", got, want)
	}
}

// wantNothing checks that no update comes for a while.
func (r *reader) wantNothing(during time.Duration) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), during)
	defer cancel()
	if update, err := r.Next(ctx); err == nil {
		r.t.Fatalf("the update %q came, want none for %v", words(update), during)
	}
}

// words writes an update as "=ada +ben ~cy(name) -dan #3": snapshot, joined,
// updated, left and how many there are.
func words(u *collab.PresenceUpdate) string {
	var words []string
	if u.Snapshot != nil {
		words = append(words, "="+strings.Join(names(u.Snapshot), ","))
	}
	for sign, users := range map[string][]*collab.PresenceUser{"+": u.Joined, "~": u.Updated} {
		for _, name := range names(users) {
			words = append(words, sign+name)
		}
	}
	for _, id := range u.Left {
		words = append(words, "-"+string(id))
	}
	slices.SortStableFunc(words, func(a, b string) int { return strings.Index("=+~-", a[:1]) - strings.Index("=+~-", b[:1]) })
	return strings.Join(append(words, fmt.Sprintf("#%d", u.TotalCount)), " ")
}

func names(users []*collab.PresenceUser) (names []string) {
	for _, u := range users {
		name := string(u.ID)
		if u.EditingField != nil {
			name += "(" + *u.EditingField + ")"
		}
		if u.Clients != 1 {
			name += fmt.Sprintf("×%d", u.Clients)
		}
		names = append(names, name)
	}
	return names
}

// A countingStore counts calls, and can be away, slow, or keep its hints to itself.
type countingStore struct {
	collab.Presences
	restless bool // calls lose turns
	turns    atomic.Uint64

	mu     sync.Mutex
	reads  int
	renews []string
	away   bool
	silent bool
	slow   time.Duration
	hint   func(collab.Room)
}

func (s *countingStore) set(away, silent bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away, s.silent = away, silent
}

// takeCounts returns the reads since the last call, and the renewals, each as
// "ada/1,ben/1 30s".
func (s *countingStore) takeCounts() (reads int, renews []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	reads, renews = s.reads, s.renews
	s.reads, s.renews = 0, nil
	return reads, renews
}

func (s *countingStore) setSlow(slow time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slow = slow
}

// call is how every call to the store begins.
func (s *countingStore) call(ctx context.Context, count func()) error {
	s.mu.Lock()
	count()
	away, slow := s.away, s.slow
	s.mu.Unlock()
	if slow > 0 {
		select {
		case <-time.After(slow):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if s.restless {
		s.loseTurns()
	}
	if away {
		return collab.Errorf(collab.Unavailable, "away")
	}
	return nil
}

// loseTurns lets other goroutines run, for another number of turns each time.
func (s *countingStore) loseTurns() {
	for range s.turns.Add(7) % 20 {
		runtime.Gosched()
	}
}

func (s *countingStore) Enter(ctx context.Context, room collab.Room, p collab.Presence, patch collab.PresencePatch, ttl time.Duration) error {
	if err := s.call(ctx, func() {}); err != nil {
		return err
	}
	return s.Presences.Enter(ctx, room, p, patch, ttl)
}

func (s *countingStore) Renew(ctx context.Context, room collab.Room, clients []collab.Presence, ttl time.Duration) error {
	var names []string
	for _, p := range clients {
		names = append(names, string(p.UserID+"/"+p.ClientID))
	}
	slices.Sort(names)
	renewal := fmt.Sprint(strings.Join(names, ","), " ", ttl)
	if err := s.call(ctx, func() { s.renews = append(s.renews, renewal) }); err != nil {
		return err
	}
	return s.Presences.Renew(ctx, room, clients, ttl)
}

func (s *countingStore) Present(ctx context.Context, room collab.Room) ([]collab.Presence, error) {
	present, err := s.Presences.Present(ctx, room) // as it is before a slow call ends
	if err := s.call(ctx, func() { s.reads++ }); err != nil {
		return nil, err
	}
	return present, err
}

func (s *countingStore) Watch(ctx context.Context, changed func(collab.Room)) {
	s.mu.Lock()
	s.hint = changed
	s.mu.Unlock()
	s.Presences.Watch(ctx, func(room collab.Room) {
		s.mu.Lock()
		silent := s.silent
		s.mu.Unlock()
		if !silent {
			changed(room)
		}
	})
}
