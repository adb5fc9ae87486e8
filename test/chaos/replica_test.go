package chaos

import (
	"syscall"
	"testing"
	"time"

	"tandem/internal/eventually"
	"tandem/internal/servertest"
	"tandem/internal/systemtest"
)

// startReads starts a replica that is not waited for by writes, and answers reads.
func (s *system) startReads(t *testing.T) {
	t.Helper()
	s.reads = s.postgres.Replica(t, s.folder, "reads", "-c", "max_connections=100")
}

// replicaReads is how many reads of an instance ended in a way: "replica", "behind", "away" or "failed".
func (i *instance) replicaReads(t *testing.T, outcome string) float64 {
	t.Helper()
	_, scrape := servertest.Get(t, i.metrics)
	return servertest.Value(scrape, `tandem_replica_reads_total{outcome="`+outcome+`"}`)
}

// wantReplicaReads waits until more reads of each instance have ended in a way than now.
func (s *system) wantReplicaReads(t *testing.T, outcome string) {
	t.Helper()
	for _, i := range s.instances {
		before := i.replicaReads(t, outcome)
		eventually.True(t, i.Name+" has reads of the replica with the outcome "+outcome, func() bool { return i.replicaReads(t, outcome) > before })
	}
}

// readsReplica waits until the replica answers both instances.
func readsReplica(t *testing.T, s *system) { s.wantReplicaReads(t, "replica") }

func killReads(t *testing.T, s *system) func() {
	readsReplica(t, s)
	s.reads.Kill()
	return func() {
		s.wantReplicaReads(t, "away")
		s.reads.MustStart(t)
	}
}

// stopReads stops all processes of the replica: its connections stay open and nothing answers.
func stopReads(t *testing.T, s *system) func() {
	readsReplica(t, s)
	s.reads.SignalAll(t, syscall.SIGSTOP)
	return func() {
		s.wantReplicaReads(t, "away")
		s.reads.SignalAll(t, syscall.SIGCONT)
	}
}

// holdReplay has the replica receive everything and show nothing new, as one does that is busy with a long query.
func holdReplay(t *testing.T, s *system) func() {
	readsReplica(t, s)
	execute(t, s.reads, "SELECT pg_wal_replay_pause()")
	return func() {
		s.wantReplicaReads(t, "behind")
		execute(t, s.reads, "SELECT pg_wal_replay_resume()")
	}
}

func execute(t *testing.T, on *systemtest.Postgres, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if err := on.Execute(statement); err != nil {
			t.Fatal(err)
		}
	}
}

// slowCommits delays the synchronous replica, for which every commit waits as it would wait for a slow disk.
func slowCommits(_ *testing.T, s *system) func() { return delay(100*time.Millisecond, s.standby) }

// holdCommits cuts the synchronous replica off, so that no commit ends, as with a disk that hangs.
func holdCommits(_ *testing.T, s *system) func() {
	s.standby.Silence(systemtest.ToServer, systemtest.FromServer)
	return s.standby.Heal
}
