package chaos

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/internal/natstest"
	"tandem/internal/redistest"
	"tandem/internal/servertest"
	"tandem/internal/systemtest"
)

const (
	asInstance = "CHAOS_INSTANCE"
	clockFile  = "CHAOS_CLOCK"
)

// A system is two instances over a Postgres with a synchronous replica, and a second one for reads, and a Redis. Each instance reaches them, and the clients
// reach it, over links of its own.
type system struct {
	folder    string
	databases [2]string            // addresses: the primary at first, and the replica
	program   string               // of the instances
	postgres  *systemtest.Postgres // the primary
	replica   *systemtest.Postgres // has everything that is acknowledged
	standby   *systemtest.Link     // from the replica to the primary
	reads     *systemtest.Postgres // another replica, which answers reads; nil if there is none
	redis     *systemtest.Process
	redisPort string
	patroni   *systemtest.Patroni // in the place of both, if it is used
	env       []string            // settings of the instances that replace those of a single Redis
	instances []*instance
	load      *load
	// In some stages these take the place of the single Redis, or carry announcements beside it.
	sentineled *redistest.Sentineled
	cluster    *redistest.Cluster
	nats       *natstest.Server
}

// An instance is a process with its links.
type instance struct {
	*systemtest.Process
	url                      string // for clients, over a link
	direct                   string // without a link
	metrics                  string
	clients, database, cache *systemtest.Link
	standby                  *systemtest.Link // to the replica
	clock                    string           // a file with the seconds by which its clock is ahead
}

// startSystem starts everything on free ports.
func startSystem(t *testing.T) *system {
	s := startDatabases(t, os.Args[0])
	s.startReads(t)
	s.startInstances(t)
	return s
}

// startDatabases starts the primary and the synchronous replica, for instances of a program.
func startDatabases(t *testing.T, program string) *system {
	t.Helper()
	s := &system{folder: systemtest.Folder(t), program: program}
	s.postgres = systemtest.StartPostgres(t, s.folder, "-c", "max_connections=100", "-c", "wal_level=replica", "-c", "max_wal_senders=5")
	s.standby = systemtest.StartLink(t, s.postgres.Address())
	s.replica = s.postgres.Replica(t, s.folder, "replica", "-c", "max_connections=100", "-c", "primary_conninfo=user=postgres application_name=replica host=127.0.0.1 port="+
		strings.TrimPrefix(s.standby.Address, "127.0.0.1:"))
	execute(t, s.postgres, "ALTER SYSTEM SET synchronous_standby_names = 'replica'", "SELECT pg_reload_conf()")
	s.databases = [2]string{s.postgres.Address(), s.replica.Address()}
	return s
}

// startInstances starts Redis and both instances.
func (s *system) startInstances(t *testing.T) {
	t.Helper()
	s.redis, s.redisPort = systemtest.StartRedis(t, s.folder)
	for _, name := range []string{"A", "B"} {
		s.instances = append(s.instances, s.startInstance(t, name))
	}
}

func (s *system) startInstance(t *testing.T, name string) *instance {
	t.Helper()
	port, metrics := systemtest.FreePort(t), systemtest.FreePort(t)
	i := &instance{
		direct: "http://127.0.0.1:" + port, metrics: "http://127.0.0.1:" + metrics + "/metrics", clock: filepath.Join(s.folder, name+".clock"),
		clients:  systemtest.StartLink(t, "127.0.0.1:"+port),
		database: systemtest.StartLink(t, s.databases[0]), standby: systemtest.StartLink(t, s.databases[1]),
		cache: systemtest.StartLink(t, "127.0.0.1:"+s.redisPort),
	}
	i.url = "http://" + i.clients.Address
	i.Process = &systemtest.Process{
		Name: name, Ready: systemtest.Answers(i.direct + "/readyz"), Log: filepath.Join(s.folder, name+".log"),
		Args: append(systemtest.DiesWithTest(), s.program),
		Env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.folder, asInstance + "=1", clockFile + "=" + i.clock, "ADDR=127.0.0.1:" + port,
			"METRICS_ADDR=127.0.0.1:" + metrics, "AUTH_SECRET=" + systemtest.Secret, "LOG_LEVEL=warn",
			"DATABASE_URL=postgres://tandem@" + i.database.Address + "," + i.standby.Address + "/tandem?sslmode=disable&target_session_attrs=read-write",
			"REDIS_URL=redis://" + i.cache.Address + "/0", "MAX_CONNECTIONS_PER_PERSON=1000", "RATE_LIMIT_PER_SECOND=0"},
	}
	i.Env = append(i.Env, s.env...)
	if s.reads != nil {
		i.Env = append(i.Env, "DATABASE_READ_URL=postgres://tandem@"+s.reads.Address()+"/tandem?sslmode=disable")
	}
	t.Cleanup(i.Kill)
	if err := i.Start(); err != nil {
		t.Fatal(err)
	}
	return i
}

// urls returns where clients reach the instances.
func (s *system) urls() (urls []string) {
	for _, i := range s.instances {
		urls = append(urls, i.url)
	}
	return urls
}

// wantRedisAway waits until an instance has noticed that Redis does not work.
func (i *instance) wantRedisAway(t *testing.T) {
	t.Helper()
	servertest.WantSeries(t, i.metrics, "tandem_redis_up", 0)
}

// clockOf returns a clock that is ahead of the machine's by the seconds in a file.
func clockOf(file string) func() time.Time {
	return func() time.Time {
		text, err := os.ReadFile(file)
		if err != nil {
			return time.Now()
		}
		ahead, _ := strconv.Atoi(strings.TrimSpace(string(text)))
		return time.Now().Add(time.Duration(ahead) * time.Second)
	}
}

// moveClock sets by how much the clock of an instance is ahead.
func (i *instance) moveClock(t *testing.T, ahead time.Duration) {
	t.Helper()
	next := i.clock + ".next"
	if err := os.WriteFile(next, []byte(strconv.Itoa(int(ahead.Seconds()))), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(next, i.clock); err != nil {
		t.Fatal(err)
	}
}

func encode(v any) []byte {
	encoded, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return encoded
}
