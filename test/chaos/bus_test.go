package chaos

import (
	"os"
	"syscall"
	"testing"

	"tandem/internal/natstest"
	"tandem/internal/redistest"
	"tandem/internal/servertest"
)

// startSentineled starts a system on a Redis with a replica, which a Sentinel watches.
func startSentineled(t *testing.T) *system {
	s := startDatabases(t, os.Args[0])
	s.sentineled = redistest.StartSentineled(t)
	s.env = []string{"REDIS_URL=" + s.sentineled.URL()}
	s.startInstances(t)
	return s
}

// failOverToReplica kills the primary for good, whose place the replica takes.
func failOverToReplica(_ *testing.T, s *system) func() {
	s.sentineled.Primary.Kill()
	return s.sentineled.AwaitFailover
}

// startCluster starts a system on a Redis Cluster.
func startCluster(t *testing.T) *system {
	s := startDatabases(t, os.Args[0])
	s.cluster = redistest.StartCluster(t)
	s.env = []string{"REDIS_URL=" + s.cluster.URL()}
	s.startInstances(t)
	return s
}

// failOverNode kills a primary of the cluster for good, whose slots its replica takes over.
func failOverNode(_ *testing.T, s *system) func() {
	s.cluster.Primaries[0].Kill()
	return s.cluster.AwaitFailover
}

// redisIsBack waits until both instances can use Redis again.
func redisIsBack(t *testing.T, s *system) { wantUp(t, s, "tandem_redis_up") }

// startOnNATS starts a system whose instances announce changes over NATS. Redis keeps presence and limits.
func startOnNATS(t *testing.T) *system {
	s := startDatabases(t, os.Args[0])
	s.nats = natstest.Start(t, "")
	s.env = []string{"NATS_URL=" + s.nats.URL()}
	s.startInstances(t)
	return s
}

func killNATS(t *testing.T, s *system) func() {
	s.nats.Kill()
	return func() {
		servertest.WantSeries(t, s.instances[1].metrics, "tandem_nats_up", 0)
		s.nats.Start()
	}
}

func stopNATS(t *testing.T, s *system) func() {
	s.nats.Signal(syscall.SIGSTOP)
	return func() {
		servertest.WantSeries(t, s.instances[1].metrics, "tandem_nats_up", 0)
		s.nats.Signal(syscall.SIGCONT)
	}
}

func natsIsBack(t *testing.T, s *system) { wantUp(t, s, "tandem_nats_up") }

// wantUp waits until a gauge of both instances is 1.
func wantUp(t *testing.T, s *system, series string) {
	t.Helper()
	for _, i := range s.instances {
		servertest.WantSeries(t, i.metrics, series, 1)
	}
}
