package notifications_test

import (
	"database/sql"
	"maps"
	mathrand "math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"tandem/internal/eventually"
	"tandem/internal/seeded"
	"tandem/internal/servertest"
	"tandem/internal/webpushtest"
)

const (
	// browsersOfEach is how many browsers a person has.
	browsersOfEach = 3
	// severalMessages is more than one notification is sent as.
	severalMessages = 4
	// attemptTime is how long an instance waits for the answer of a push service, and restTime how long it pushes nothing more of what was
	// sent. A run may last longer on a busy machine.
	attemptTime = 10 * time.Second
	restTime    = 5 * time.Minute
)

// A cluster is two instances in processes of their own, of which one is killed now and then, and a push service that may hold and refuse
// messages.
type cluster struct {
	t        *testing.T
	rand     *mathrand.Rand
	settings map[string]string
	programs []*servertest.Program
	service  *webpushtest.Service
	browsers map[string][]*webpushtest.Browser
	queue    *sql.Conn
	began    time.Time

	// together has several steps' pushes under way at once, of which left are to come before all have to have arrived.
	together bool
	left     int
	// stretches counts how often several steps began.
	stretches int
	held      chan struct{} // closed when the push service goes on; nil while it holds nothing
	heldAt    time.Time
	lapses    bool // the claims of jobs end, as after a kill

	kills int
	// whileSending and whileOthersSend count the messages that were under way when their sender, or the other instance, was killed.
	whileSending, whileOthersSend int
	repeats                       int // how often a message may have been sent once more
}

// startCluster starts a cluster, and a model of its people.
func startCluster(t *testing.T, together bool) (*cluster, *told) {
	t.Helper()
	c := &cluster{t: t, rand: seeded.Or(t, seed).Rand(3), settings: servertest.Shared(t), service: webpushtest.Start(t),
		browsers: map[string][]*webpushtest.Browser{}, together: together, began: time.Now()}
	c.settings["PUSH_HOSTS"] = c.service.Host()
	for number := range 2 {
		c.programs = append(c.programs, c.start(number))
	}
	m := newTold(t, &c.programs[0].Instance, &c.programs[1].Instance)
	c.queue = servertest.Behind(t, c.settings, m.org)
	for name, p := range m.people {
		for range browsersOfEach {
			c.browsers[name] = append(c.browsers[name], c.service.Subscribe(p.Ask(`{ pushPublicKey }`, nil).Text("pushPublicKey")))
		}
		c.register(m, name)
	}
	m.kill, m.pass, m.returned = c.kill, c.pass, func(person string) { c.register(m, person) }
	if together {
		for _, name := range slices.Sorted(maps.Keys(m.people)) {
			for _, kind := range kinds {
				m.choose(name, kind, []string{"IN_APP", "PUSH"})
			}
		}
		c.begin(m)
	}
	return c, m
}

// pass has the pushes of a step arrive, or has some more steps follow.
func (c *cluster) pass(m *told) {
	m.t.Helper()
	if c.left--; c.left > 0 {
		return
	}
	c.settle(m)
	if c.together {
		c.begin(m)
	}
}

// register registers the browsers of a person, as their page does at each visit.
func (c *cluster) register(m *told, person string) {
	c.t.Helper()
	for _, b := range c.browsers[person] {
		m.people[person].Ask(`mutation($in: PushSubscriptionInput!) { registerPushSubscription(input: $in) }`,
			servertest.Object{"in": servertest.Object{"endpoint": b.Endpoint, "p256dh": b.P256dh, "auth": b.Auth}})
	}
}

// begin begins some steps. Meanwhile the push service holds messages, or refuses some, or both, or neither. It holds them where an instance
// is to be killed. Everybody has read what there is, so that the steps make further notifications.
func (c *cluster) begin(m *told) {
	m.t.Helper()
	for _, name := range slices.Sorted(maps.Keys(m.people)) {
		if !m.removed[name] {
			m.read(name)
		}
	}
	c.left = 6 + c.rand.IntN(5)
	c.stretches++
	if c.rand.IntN(2) == 0 || c.killsInStretch() {
		c.hold()
	}
	if c.rand.IntN(2) == 0 {
		c.service.Answer(func(_ *webpushtest.Browser, attempt int) int {
			return []int{http.StatusCreated, http.StatusServiceUnavailable, http.StatusTooManyRequests}[attempt%3]
		})
	}
}

// killsInStretch reports whether an instance is killed before all messages have to have arrived.
func (c *cluster) killsInStretch() bool { return c.stretches%2 == 0 }

// hold has the push service receive messages, and answer none for now.
func (c *cluster) hold() {
	if c.isHeld() {
		return
	}
	c.held, c.heldAt = make(chan struct{}), time.Now()
	c.service.Delay(c.held, nil)
}

func (c *cluster) isHeld() bool { return c.held != nil }

// release has the push service answer what it held, and accept every message from then on. Often the claims of the jobs end before that, though their
// instances still wait for the answers.
func (c *cluster) release() {
	c.t.Helper()
	if c.isHeld() {
		c.lapses = c.lapses || c.rand.IntN(2) == 0
	}
	if c.lapses {
		c.lapses = false
		c.lapse()
	}
	if c.isHeld() {
		c.repeats += 1 + int(time.Since(c.heldAt)/attemptTime)
		close(c.held)
		c.held = nil
		c.service.Delay(nil, nil)
		eventually.True(c.t, "each message is answered", func() bool { return c.underWay() == 0 })
	}
	c.service.Answer(nil)
}

// lapse ends the claims of all jobs. If the push service holds messages, it waits until some of them are sent again.
func (c *cluster) lapse() {
	c.t.Helper()
	before := c.underWay()
	c.repeats++
	c.change("due_at = NOW()", "pending AND holder IS NOT NULL")
	if c.isHeld() {
		eventually.True(c.t, "a message is sent again", func() bool {
			return c.underWay() > before || c.count("pending AND holder IS NOT NULL AND due_at <= NOW()") == 0
		})
	}
}

// settle waits until nothing is to be sent any more and nothing is under way. Then each browser has the messages of the model.
func (c *cluster) settle(m *told) {
	m.t.Helper()
	c.release()
	eventually.True(m.t, "nothing is to be sent", func() bool {
		c.hurry()
		return c.waiting() == 0 && c.underWay() == 0
	})
	c.compare(m)
}

// hurry ends the backoff of what failed.
func (c *cluster) hurry() {
	c.t.Helper()
	c.change("due_at = NOW()", "pending AND holder IS NULL AND attempts > 0 AND due_at > NOW()")
}

// change changes the pushes that meet a condition, and locks them in the order in which instances do.
func (c *cluster) change(set, where string) {
	c.t.Helper()
	if _, err := c.queue.ExecContext(c.t.Context(), `WITH o AS MATERIALIZED (SELECT kind, target, notification_id FROM jobs
		WHERE org_id = current_setting('tandem.org') AND kind = 'PUSH' AND `+where+` ORDER BY kind, target, notification_id FOR UPDATE SKIP LOCKED)
		UPDATE jobs j SET `+set+` FROM o WHERE j.org_id = current_setting('tandem.org') AND j.kind = o.kind AND j.target = o.target
		AND j.notification_id = o.notification_id`); err != nil {
		c.t.Fatal(err)
	}
}

// waiting returns how many are to be sent by now, claimed or not.
func (c *cluster) waiting() int {
	c.t.Helper()
	return c.count("pending AND ready_at <= NOW()")
}

// count counts the pushes that meet a condition.
func (c *cluster) count(where string) (n int) {
	c.t.Helper()
	if err := c.queue.QueryRowContext(c.t.Context(), "SELECT COUNT(*) FROM jobs WHERE kind = 'PUSH' AND "+where).Scan(&n); err != nil {
		c.t.Fatal(err)
	}
	return n
}

// underWay returns how many messages the push service has yet to answer.
func (c *cluster) underWay() (all int) {
	for _, n := range c.service.UnderWay() {
		all += n
	}
	return all
}
