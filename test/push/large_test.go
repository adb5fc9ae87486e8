package push_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/servertest"
	"tandem/internal/webpushtest"
)

const (
	// registered is how many subscriptions the large organization has, as many as it may for each person. watching is how
	// many of the people one change notifies.
	registered = 50_000
	watching   = 150
	// mostUnderWay is how many messages an instance hands to one push service at once (docs/operations/limits.md).
	mostUnderWay = 63
	// mostHeap is how much what the instance keeps in memory may grow, in bytes, while it sends. The messages under way take less
	// than one MiB; the subscriptions, if they were in memory, would take more than all of it.
	mostHeap = 16 << 20
)

// A change notifies 150 people of an organization with 50,000 subscriptions, on 3,000 browsers. The messages are paced, each
// arrives once, and neither another organization nor the API waits for them.
func TestFiftyThousandSubscriptions(t *testing.T) {
	t.Parallel()
	service, address := webpushtest.Start(t), servertest.FreeAddress(t)
	settings := servertest.Shared(t)
	settings["PUSH_HOSTS"], settings["METRICS_ADDR"] = service.Host(), address
	large := newLarge(t, service, settings)
	small := &stage{service: service, org: rand.Text()}
	small.ada, small.ben = servertest.Join(t, large.leader.At, small.org, "ada", collab.RoleMember), servertest.Join(t, large.leader.At, small.org, "ben", collab.RoleMember)
	browser, acme := small.browser(small.ben), small.ada.Create(servertest.Object{"name": "Aalto Oy"})
	metrics := "http://" + address + "/metrics"
	before := heapOf(t, metrics)

	large.leader.Comment(large.customer, "Look")
	small.ada.Mention(acme, "ben")
	queued, _ := service.Attempts()
	browser.WaitFor(1)
	if sent, _ := service.Attempts(); sent-queued > len(large.told)/2 {
		t.Errorf("the message of the small organization waited for %d of the large one", sent-queued-1)
	}
	most := 0.0
	for sent := 0; sent <= len(large.told); sent += 200 {
		eventually.True(t, fmt.Sprint(sent, " messages are sent"), func() bool { all, _ := service.Attempts(); return all >= sent })
		large.leader.Ask(`{ notifications { nodes { id } } }`, nil)
		most = max(most, heapOf(t, metrics))
	}
	if grown := most - before; grown > mostHeap {
		t.Errorf("the heap grew by %.1f MiB", grown/(1<<20))
	}
	for _, b := range large.told {
		b.WaitFor(1)
	}
	servertest.WantSeries(t, metrics, `tandem_queue_jobs{kind="PUSH"}`, 0)
	all, atOnce := service.Attempts()
	servertest.Want(t, "messages", all, len(large.told)+1)
	if atOnce > mostUnderWay {
		t.Errorf("%d messages were under way at once", atOnce)
	}
}

// heapOf returns how many bytes an instance keeps in memory, by the last collection of its garbage: the next one begins when there
// is as much again.
func heapOf(t *testing.T, metrics string) float64 {
	t.Helper()
	_, scrape := servertest.Get(t, metrics)
	return servertest.Value(scrape, "go_memstats_next_gc_bytes") / 2
}

// A large is an organization with a leader, who comments on a customer, and the browsers of those who watch that.
type large struct {
	leader   *servertest.Person
	customer string
	told     []*webpushtest.Browser
}

// newLarge starts an instance with the organization. Its people and their subscriptions are written to the database at once,
// since the API would take most of the time of the test.
func newLarge(t *testing.T, service *webpushtest.Service, settings map[string]string) *large {
	t.Helper()
	org := rand.Text()
	leader := servertest.Join(t, &servertest.StartProgram(t, settings, os.Stderr).Instance, org, "leader", collab.RoleAdmin)
	l := &large{leader: leader, customer: leader.Create(servertest.Object{"name": "Aalto Oy"})["id"].(string)}
	leader.Ask(`mutation { setNotificationDefaults(channels: [{kind: WATCHED, channels: [PUSH]}]) { __typename } }`, nil)
	var rows []servertest.Object
	for i := range registered {
		b, person := service.Subscribe(""), i/collab.MaxPushSubscriptions
		if person < watching {
			l.told = append(l.told, b)
		}
		hash := sha256.Sum256([]byte(b.Endpoint))
		rows = append(rows, servertest.Object{
			"org_id": org, "id": fmt.Sprint("psh_", i), "user_id": fmt.Sprint("person-", person), "created_at": "2026-05-04T09:00:00Z",
			"endpoint": b.Endpoint, "endpoint_hash": hex.EncodeToString(hash[:]), "host": service.Host(), "p256dh": b.P256dh, "auth": b.Auth,
		})
	}
	servertest.Change(t, settings, org, fmt.Sprintf(`
		INSERT INTO push_subscriptions SELECT * FROM json_populate_recordset(NULL::push_subscriptions, '%[2]s');
		INSERT INTO push_endpoints SELECT endpoint_hash, org_id FROM push_subscriptions;
		INSERT INTO users (org_id, id, name) SELECT DISTINCT org_id, user_id, user_id FROM push_subscriptions;
		INSERT INTO members (org_id, user_id, role, name_key) SELECT org_id, id, 'MEMBER', name FROM users WHERE id LIKE 'person-%%';
		INSERT INTO watches SELECT '%[1]s', '%[3]s', 'person-' || n, TRUE, now() FROM generate_series(0, %[4]d) n`,
		org, servertest.InJSON(t, rows), l.customer, watching-1))
	return l
}
