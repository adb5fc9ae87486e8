package redis_test

import (
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/collabtest"
	"tandem/internal/diagnosis"
	"tandem/internal/eventually"
	"tandem/internal/memory"
	"tandem/internal/programtest"
	"tandem/internal/redis"
	"tandem/internal/redistest"
	"tandem/internal/tlstest"
)

// testAll runs what any Redis has to do for instances.
func testAll(t *testing.T, url string) {
	t.Run("bus", func(t *testing.T) {
		collabtest.Bus(t, func(t *testing.T) (a, b collab.Bus) { return newBus(t, url), newBus(t, url) })
	})
	t.Run("presences", func(t *testing.T) {
		collabtest.Presences(t, func(t *testing.T, now func() time.Time) collab.Presences {
			return redis.NewPresences(connect(t, url), now)
		})
	})
	t.Run("limits", func(t *testing.T) {
		collabtest.Limits(t, func(t *testing.T, now func() time.Time) collab.Limits {
			return redis.NewLimits(connect(t, url), memory.NewLimits(now), slog.New(slog.NewTextHandler(refused{t}, nil)), now)
		})
	})
	bus := newBus(t, url)
	hear(t, bus, listen(t, newBus(t, url), "acme"), "acme")
	if err := bus.Ping(t.Context()); err != nil {
		t.Errorf("it is not up: %v", err)
	}
	wantFinding(t, redis.Diagnose(t.Context(), url), diagnosis.OK, "the user may announce, listen, and keep presence and limits")
}

func TestSentinels(t *testing.T) {
	t.Parallel()
	redises := redistest.StartSentineled(t)
	makeUser(t, redises.Primary, documentedUser(t))
	testAll(t, asUser(redises.URL()))
}

func TestCluster(t *testing.T) {
	t.Parallel()
	cluster := redistest.StartCluster(t)
	for _, node := range cluster.Primaries {
		makeUser(t, node, documentedUser(t), documentedRightsInCluster(t))
	}
	testAll(t, asUser(cluster.URL()))
	rights := slices.DeleteFunc(append(documentedRights(documentedUser(t)), documentedRights(documentedRightsInCluster(t))...),
		func(right string) bool { return right == "select" || right == "command" }) // without COMMAND, calls take detours
	wantEachRight(t, asUser(cluster.URL()), rights, func(words ...any) {
		for _, node := range cluster.Primaries {
			makeUser(t, node, append([]any{"ACL", "SETUSER", "tandem"}, words...))
		}
	})
}

// makeUser runs statements that make the documented user on one server.
func makeUser(t *testing.T, on *redistest.Server, statements ...[]any) {
	t.Helper()
	for _, words := range statements {
		must(t, connect(t, on.URL()).Do(t.Context(), words...).Err())
	}
}

// asUser is a URL with the documented user.
func asUser(url string) string { return strings.Replace(url, "//", "//tandem:PASSWORD@", 1) }

// When a primary dies, its replica takes over by itself, and instances announce to each other again.
func TestFailover(t *testing.T) {
	t.Parallel()
	t.Run("Sentinels", func(t *testing.T) {
		t.Parallel()
		redises := redistest.StartSentineled(t)
		testFailover(t, redises.URL(), redises.Primary.Kill)
	})
	t.Run("cluster", func(t *testing.T) {
		t.Parallel()
		cluster := redistest.StartCluster(t)
		testFailover(t, cluster.URL(), cluster.Primaries[0].Kill)
	})
}

func testFailover(t *testing.T, url string, kill func()) {
	a, b := newBus(t, url), newBus(t, url)
	// In a cluster, organizations are on different nodes.
	orgs := []collab.ID{"a", "b", "c", "d", "e", "f", "g", "h"}
	var heard []<-chan *collab.Change
	for _, org := range orgs {
		heard = append(heard, listen(t, b, org))
	}
	hearAll := func() {
		for i, org := range orgs {
			hear(t, a, heard[i], org)
		}
	}
	hearAll()
	kill()
	hearAll()
	eventually.True(t, "it is up after the failover", func() bool { return a.Ping(t.Context()) == nil })
}

// A user who has the documented rights only, over TLS.
func TestTLS(t *testing.T) {
	files := tlstest.Make(t)
	t.Setenv("SSL_CERT_FILE", files.Certificate)
	port := programtest.FreePort(t)
	server := redistest.Start(t, "--tls-port", strconv.Itoa(port), "--tls-cert-file", files.Certificate, "--tls-key-file", files.Key, "--tls-auth-clients", "no")
	makeUser(t, server, documentedUser(t))
	testAll(t, asUser("rediss://127.0.0.1:"+strconv.Itoa(port)))
}

// A node of a cluster, and a Sentinel, are recognized when the URL takes them for single servers.
func TestDiagnoseTopologies(t *testing.T) {
	t.Parallel()
	cluster, sentineled, single := redistest.StartCluster(t), redistest.StartSentineled(t), redistest.Start(t)
	for _, test := range []struct{ url, want string }{
		{cluster.Primaries[0].URL(), "add cluster=true to REDIS_URL"},
		{sentineled.Sentinel.URL(), "add master_name=NAME to REDIS_URL"},
		{strings.Replace(sentineled.URL(), "=tandem", "=another", 1), "correct master_name in REDIS_URL"},
		{single.URL() + "?cluster=true", "remove cluster=true from REDIS_URL"},
		{single.URL() + "?master_name=tandem", "remove master_name from REDIS_URL"},
		{single.URL() + "?addr=127.0.0.1:1", "add master_name=NAME if they are Sentinels"},
	} {
		wantFinding(t, redis.Diagnose(t.Context(), test.url), diagnosis.Failed, test.want)
	}
}

// A URL with TLS for a server without, one without for a server with TLS, and an authority that nobody knows are told apart.
func TestDiagnoseTLS(t *testing.T) {
	t.Parallel()
	files := tlstest.Make(t)
	port := strconv.Itoa(programtest.FreePort(t))
	plain := redistest.Start(t, "--tls-port", port, "--tls-cert-file", files.Certificate, "--tls-key-file", files.Key, "--tls-auth-clients", "no")
	for url, want := range map[string]string{
		"rediss://" + plain.Address(): "if it is a Redis without TLS, write redis:// in REDIS_URL",
		"redis://127.0.0.1:" + port:   "if it is a Redis with TLS, write rediss:// in REDIS_URL",
		"rediss://127.0.0.1:" + port:  "name a file with its authority in SSL_CERT_FILE",
	} {
		wantFinding(t, redis.Diagnose(t.Context(), url), diagnosis.Failed, want)
	}
}
