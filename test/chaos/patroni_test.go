package chaos

import (
	"os"
	"testing"

	"tandem/internal/systemtest"
)

// startPatroni starts a system on two nodes of Postgres, of which Patroni makes one the primary.
func startPatroni(t *testing.T) *system {
	s := &system{folder: systemtest.Folder(t), program: os.Args[0]}
	s.patroni = systemtest.StartPatroni(t, s.folder)
	for i, node := range s.patroni.Nodes {
		s.databases[i] = node.Address()
	}
	s.startInstances(t)
	return s
}

func switchOver(t *testing.T, s *system) func() {
	s.patroni.SwitchOver(t)
	return func() { s.patroni.Primary(t) }
}

// killPrimary kills the node that is the primary, with its Patroni, and starts it again when the replica has taken its place.
func killPrimary(t *testing.T, s *system) func() {
	node := s.patroni.Primary(t)
	node.Kill()
	return func() {
		if next := s.patroni.Primary(t); next == node {
			t.Error("the node that was killed is the primary")
		}
		mustStart(t, node.Process)
	}
}
