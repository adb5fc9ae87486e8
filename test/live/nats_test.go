package live_test

import (
	"crypto/rand"
	"strconv"
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/natstest"
	"tandem/internal/servertest"
)

// NATS announces changes, and Redis carries presence.
func TestTwoInstancesOverNATS(t *testing.T) {
	t.Parallel()
	settings := servertest.Shared(t)
	settings["NATS_URL"] = natstest.Start(t, "").URL()
	testTwoInstances(t, settings)
}

// Without Redis, changes reach other instances through NATS. An announcement may be late, so that one is read from the log,
// but not each of those that the other instance makes.
func TestNATSWithoutRedis(t *testing.T) {
	t.Parallel()
	at := startOverNATS(t, natstest.Start(t, ""))
	servertest.WantSeries(t, at.metrics[1], "tandem_nats_up", 1)
	follower := at.ben.Connect()
	follower.Subscribe("f", servertest.CustomerChanged, servertest.Object{"after": at.customer["cursor"]})
	at.update(2)
	follower.Next("f")
	_, scrape := servertest.Get(t, at.metrics[1])
	filled := servertest.Value(scrape, "tandem_ring_holes_filled_total")
	const others = 9 // of versions 3 to 20
	for version := 3; version <= 20; version++ {
		at.update(version)
		follower.Next("f").At("customerChanged.version").Is(strconv.Itoa(version))
	}
	_, scrape = servertest.Get(t, at.metrics[1])
	if now := servertest.Value(scrape, "tandem_ring_holes_filled_total"); now-filled >= others {
		t.Errorf("%v changes were read from the log", now-filled)
	}
	if strings.Contains(scrape, "\ntandem_redis_up") {
		t.Error("there are metrics of Redis")
	}
}

// Two instances write and follow while NATS dies and comes back: every change arrives, once and in order, and afterwards
// the instances announce to each other again.
func TestNATSOutage(t *testing.T) {
	t.Parallel()
	server := natstest.Start(t, "")
	at := startOverNATS(t, server)
	follower := at.ben.Connect()
	follower.Subscribe("f", servertest.CustomerChanged, servertest.Object{"after": at.customer["cursor"]})
	const last = 60
	for version := 2; version <= last; version++ {
		switch version {
		case 10:
			server.Kill()
		case 40:
			for i := range at.metrics {
				servertest.WantSeries(t, at.metrics[i], "tandem_nats_up", 0)
			}
			server.Start()
		}
		at.update(version)
	}
	for version := 2; version <= last; version++ {
		follower.Next("f").At("customerChanged.version").Is(strconv.Itoa(version))
	}
	for i := range at.metrics {
		servertest.WantSeries(t, at.metrics[i], "tandem_nats_up", 1)
		servertest.WantSeries(t, at.metrics[i], "tandem_nats_reconnects_total", 1)
	}
}

// overNATS is two instances that share a Postgres and a NATS, and no Redis, with a person at each.
type overNATS struct {
	ada, ben *servertest.Person
	customer servertest.Object
	metrics  [2]string
}

func startOverNATS(t *testing.T, server *natstest.Server) (at overNATS) {
	t.Helper()
	settings := servertest.Shared(t)
	delete(settings, "REDIS_URL")
	settings["NATS_URL"] = server.URL()
	var people [2]*servertest.Person
	org := rand.Text()
	for i, name := range []string{"ada", "ben"} {
		settings["METRICS_ADDR"] = servertest.FreeAddress(t)
		at.metrics[i] = "http://" + settings["METRICS_ADDR"] + "/metrics"
		people[i] = servertest.Join(t, servertest.Start(t, settings), org, name, collab.RoleMember)
	}
	at.ada, at.ben = people[0], people[1]
	at.customer = at.ada.Create(servertest.Object{"name": "v1"})
	return at
}

// update writes a version of the customer, through one instance after the other.
func (at overNATS) update(version int) {
	writer := []*servertest.Person{at.ada, at.ben}[version%2]
	writer.Update(at.customer, version-1, servertest.Object{"name": "v" + strconv.Itoa(version)}).At("__typename").Is(`"CustomerSaved"`)
}
