package redistest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"tandem/internal/eventually"
	"tandem/internal/programtest"
)

// A Sentineled is a primary and a replica that a Sentinel watches. When the primary is gone for half a second, the replica takes its place.
type Sentineled struct {
	Primary, Replica, Sentinel *Server
}

// StartSentineled returns once the Sentinel knows the replica. The name of the primary is tandem.
func StartSentineled(t testing.TB) *Sentineled {
	t.Helper()
	primary := Start(t, "--repl-diskless-sync-delay", "0")
	replica := Start(t, "--replicaof", "127.0.0.1", strconv.Itoa(primary.Port))
	sentinel := startSentinel(t, primary)
	ask := sentinel.admin()
	eventually.True(t, "the Sentinel knows the replica, which is in step", func() bool {
		return strings.Contains(ask("SENTINEL", "REPLICAS", "tandem"), "master-link-status:ok")
	})
	return &Sentineled{primary, replica, sentinel}
}

// URL names the primary by its Sentinel.
func (s *Sentineled) URL() string { return s.Sentinel.URL() + "?master_name=tandem" }

// AwaitFailover waits until the replica is the primary.
func (s *Sentineled) AwaitFailover() { s.Replica.awaitPrimary() }

// startSentinel starts a Sentinel with a configuration file of its own, which the Sentinel rewrites.
func startSentinel(t testing.TB, primary *Server) *Server {
	t.Helper()
	s := &Server{programtest.New(t), t, nil}
	file := filepath.Join(t.TempDir(), "sentinel.conf")
	configuration := fmt.Sprintf(`bind 127.0.0.1
port %d
sentinel monitor tandem 127.0.0.1 %d 1
sentinel down-after-milliseconds tandem 500
sentinel failover-timeout tandem 5000
`, s.Port, primary.Port)
	if err := os.WriteFile(file, []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Run("+monitor master tandem", program(t), file, "--sentinel")
	return s
}
