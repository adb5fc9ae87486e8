package live_test

import (
	"crypto/rand"
	"strconv"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/redistest"
	"tandem/internal/servertest"
)

// Two instances write and follow while the primary Redis dies and its replica takes over: every change arrives, once and in order,
// and afterwards the instances announce to each other again.
func TestRedisFailover(t *testing.T) {
	t.Parallel()
	t.Run("Sentinels", func(t *testing.T) {
		t.Parallel()
		redises := redistest.StartSentineled(t)
		testRedisFailover(t, redises.URL(), redises.Primary.Kill)
	})
	t.Run("cluster", func(t *testing.T) {
		t.Parallel()
		cluster := redistest.StartCluster(t)
		testRedisFailover(t, cluster.URL(), cluster.Primaries[0].Kill)
	})
}

func testRedisFailover(t *testing.T, redisURL string, kill func()) {
	const before, after = 10, 60 // versions when the primary dies, and at the end
	settings := servertest.Shared(t)
	settings["REDIS_URL"], settings["METRICS_ADDR"] = redisURL, servertest.FreeAddress(t)
	one := servertest.Start(t, settings)
	metrics := "http://" + settings["METRICS_ADDR"] + "/metrics"
	settings["METRICS_ADDR"] = servertest.FreeAddress(t)
	two := servertest.Start(t, settings)
	org := rand.Text()
	ada, ben := servertest.Join(t, one, org, "ada", collab.RoleMember), servertest.Join(t, two, org, "ben", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "v1"})
	follower := ben.Connect()
	follower.Subscribe("f", servertest.CustomerChanged, servertest.Object{"after": customer["cursor"]})
	for version := 2; version <= after; version++ {
		if version == before {
			kill()
		}
		writer := []*servertest.Person{ada, ben}[version%2]
		writer.Update(customer, version-1, servertest.Object{"name": "v" + strconv.Itoa(version)}).At("__typename").Is(`"CustomerSaved"`)
	}
	for version := 2; version <= after; version++ {
		follower.Next("f").At("customerChanged.version").Is(strconv.Itoa(version))
	}
	servertest.WantSeries(t, metrics, "tandem_redis_up", 1)
}
