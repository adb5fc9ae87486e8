package chaos

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"tandem/internal/systemtest"
)

// faults are played in this order. The last one leaves the replica as the primary.
var faults = []fault{
	{name: "instance killed", last: time.Second, do: killInstance, bites: reconnects},
	{name: "instance stopped for 8 s", last: 8 * time.Second, do: stopInstance, bites: repeats},
	{name: "rolling deploy", do: deploy, bites: reconnects},
	{name: "Redis killed", last: 3 * time.Second, do: killRedis},
	{name: "Redis stopped for 8 s", long: true, last: 8 * time.Second, do: stopRedis},
	{name: "Redis full", long: true, last: 3 * time.Second, do: fillRedis},
	{name: "Postgres killed", last: 2 * time.Second, do: killPostgres, bites: repeats},
	{name: "Postgres restarted", long: true, do: restartPostgres, bites: repeats},
	{name: "Postgres slow: 200 ms each way", long: true, last: 8 * time.Second, do: slowPostgres, bites: waits(300 * time.Millisecond)},
	{name: "Postgres out of connections", last: 3 * time.Second, do: exhaustPostgres, bites: repeats},
	{name: "Postgres's disk full", long: true, last: 5 * time.Second, do: fillDisk, bites: repeats},
	{name: "commits slow: 100 ms each way to the replica", last: 5 * time.Second, do: slowCommits, bites: waits(200 * time.Millisecond)},
	{name: "commits held up for 8 s", long: true, last: 8 * time.Second, do: holdCommits, bites: repeats},
	{name: "replica for reads killed", last: 2 * time.Second, do: killReads, heals: readsReplica},
	{name: "replica for reads stopped for 8 s", long: true, last: 8 * time.Second, do: stopReads, heals: readsReplica},
	{name: "replica for reads lags", last: 2 * time.Second, do: holdReplay, heals: readsReplica},
	{name: "network: Postgres cut off from one instance", last: 8 * time.Second, do: cut(database, systemtest.ToServer, systemtest.FromServer), bites: repeats},
	{name: "network: no answers from Postgres", long: true, last: 8 * time.Second, do: cut(database, systemtest.FromServer), bites: repeats},
	{name: "network: Redis cut off from one instance", long: true, last: 8 * time.Second, do: cutRedis(systemtest.ToServer, systemtest.FromServer)},
	{name: "network: no announcements arrive", long: true, last: 8 * time.Second, do: cutRedis(systemtest.FromServer)},
	{name: "network: clients cut off", long: true, last: 8 * time.Second, do: cut(clients, systemtest.ToServer, systemtest.FromServer), bites: reconnects},
	{name: "network: slow everywhere, 150 ms each way", long: true, last: 8 * time.Second, do: slowEverything, bites: waits(300 * time.Millisecond)},
	{name: "network: 10,000 clients reconnect at once", long: true, last: time.Second, do: stampede(10_000)},
	{name: "clients that read nothing", long: true, do: readNothing},
	{name: "clients that die without a word", long: true, do: dieSilently},
	{name: "clock an hour ahead", last: 3 * time.Second, do: moveClocks(time.Hour)},
	{name: "clock an hour behind", long: true, last: 3 * time.Second, do: moveClocks(-time.Hour)},
	{name: "Postgres failed over to its replica", last: time.Second, do: failOver, bites: repeats},
}

func reconnects(l line) bool { return l.reconnects > 0 }
func repeats(l line) bool    { return l.repeats > 0 }

// waits reports whether no write was acknowledged for a time.
func waits(least time.Duration) func(line) bool {
	return func(l line) bool { return l.pause >= least }
}

func nothing() {}

func killInstance(t *testing.T, s *system) func() {
	s.instances[0].Kill()
	return func() { mustStart(t, s.instances[0].Process) }
}

func mustStart(t *testing.T, p *systemtest.Process) {
	t.Helper()
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
}

// stopAndContinue stops a process as a machine does that is paused: its connections stay open and nothing answers.
func stopAndContinue(p *systemtest.Process) func() {
	p.Signal(syscall.SIGSTOP)
	return func() { p.Signal(syscall.SIGCONT) }
}

func stopInstance(_ *testing.T, s *system) func() { return stopAndContinue(s.instances[1].Process) }

// deploy replaces the instances one after another.
func deploy(t *testing.T, s *system) func() {
	for _, i := range s.instances {
		i.Signal(syscall.SIGTERM)
		select {
		case <-i.Ended():
		case <-time.After(healTime):
			t.Fatalf("%s does not end; its log ends with:\n%s", i.Name, i.Tail())
		}
		mustStart(t, i.Process)
	}
	return nothing
}

// startPrevious starts a system whose instances are of the release before.
func startPrevious(t *testing.T) *system {
	program, commit := systemtest.BuildPrevious(t)
	t.Logf("the release before is that of commit %s", commit)
	s := startDatabases(t, program)
	s.startInstances(t)
	return s
}

// upgrade replaces the instances by those of this release one after another. The first of them migrates the database, while the
// other instance serves it.
func upgrade(t *testing.T, s *system) func() {
	for _, i := range s.instances {
		i.Args[len(i.Args)-1] = os.Args[0]
	}
	return deploy(t, s)
}

func killRedis(t *testing.T, s *system) func() {
	s.redis.Kill()
	return func() {
		s.instances[1].wantRedisAway(t)
		mustStart(t, s.redis)
	}
}

func stopRedis(t *testing.T, s *system) func() {
	goOn := stopAndContinue(s.redis)
	return func() {
		s.instances[1].wantRedisAway(t)
		goOn()
	}
}

// fillRedis leaves Redis no memory, so it refuses what writes.
func fillRedis(t *testing.T, s *system) func() {
	set := func(limit string) {
		out, err := exec.Command("redis-cli", "-p", s.redisPort, "CONFIG", "SET", "maxmemory", limit).CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != "OK" {
			t.Fatalf("CONFIG SET maxmemory: %v %s", err, out)
		}
	}
	set("1")
	return func() {
		s.instances[1].wantRedisAway(t)
		set("0")
	}
}

func killPostgres(t *testing.T, s *system) func() {
	s.postgres.Kill()
	return func() { s.postgres.MustStart(t) }
}

// restartPostgres restarts Postgres as an administrator does, which ends all connections.
func restartPostgres(t *testing.T, s *system) func() {
	s.postgres.Signal(syscall.SIGINT)
	<-s.postgres.Ended()
	s.postgres.MustStart(t)
	return nothing
}

func slowPostgres(_ *testing.T, s *system) func() {
	return delay(200*time.Millisecond, database(s.instances[0]), database(s.instances[1]))
}

func delay(by time.Duration, links ...*systemtest.Link) func() {
	for _, link := range links {
		link.Delay(by)
	}
	return func() {
		for _, link := range links {
			link.Heal()
		}
	}
}

func database(i *instance) *systemtest.Link { return i.database }
func cache(i *instance) *systemtest.Link    { return i.cache }
func clients(i *instance) *systemtest.Link  { return i.clients }

func slowEverything(_ *testing.T, s *system) func() {
	var links []*systemtest.Link
	for _, i := range s.instances {
		links = append(links, i.database, i.cache, i.clients)
	}
	return delay(150*time.Millisecond, links...)
}

// exhaustPostgres leaves the program no connections, and ends those that it has.
func exhaustPostgres(t *testing.T, s *system) func() {
	execute(t, s.postgres, "ALTER ROLE tandem CONNECTION LIMIT 0", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tandem'")
	return func() { execute(t, s.postgres, "ALTER ROLE tandem CONNECTION LIMIT -1") }
}

// fillDisk lets no file of Postgres grow, as a disk does that is full. Postgres ends itself when it can't write to its log, and
// does not start before there is room.
func fillDisk(t *testing.T, s *system) func() {
	s.postgres.LimitFiles(t, "0")
	return func() {
		if s.postgres.Running() {
			s.postgres.LimitFiles(t, "unlimited")
		}
		for began := time.Now(); !s.postgres.Ready() && s.postgres.Running() && time.Since(began) < healTime; {
			<-time.After(10 * time.Millisecond)
		}
		if !s.postgres.Running() {
			s.postgres.MustStart(t)
		}
	}
}

// cut silences a link of the first instance.
func cut(link func(*instance) *systemtest.Link, directions ...int) func(*testing.T, *system) func() {
	return func(_ *testing.T, s *system) func() {
		link(s.instances[0]).Silence(directions...)
		return link(s.instances[0]).Heal
	}
}

// cutRedis is cut for the link to Redis, which the instance has to notice.
func cutRedis(directions ...int) func(*testing.T, *system) func() {
	return func(t *testing.T, s *system) func() {
		heal := cut(cache, directions...)(t, s)
		return func() {
			s.instances[0].wantRedisAway(t)
			heal()
		}
	}
}

// moveClocks moves the clock of one instance, and back at the end.
func moveClocks(ahead time.Duration) func(*testing.T, *system) func() {
	return func(t *testing.T, s *system) func() {
		s.instances[1].moveClock(t, ahead)
		return func() {
			if off := time.Until(s.load.lastWrite(t, s.instances[1])) - ahead; off.Abs() > time.Minute {
				t.Errorf("the clock is off by %v, and not by %v", off+ahead, ahead)
			}
			s.instances[1].moveClock(t, 0)
		}
	}
}

// failOver kills the primary for good, and promotes the replica, which has everything that was acknowledged.
func failOver(t *testing.T, s *system) func() {
	s.postgres.Kill()
	return func() {
		if err := s.replica.Promote(); err != nil {
			t.Fatal(err)
		}
	}
}
