package redistest

import (
	"strconv"
	"strings"
	"testing"

	"tandem/internal/eventually"
	"tandem/internal/programtest"
)

// slots is how many hash slots a cluster has (Redis Cluster Specification, "Key distribution model").
const slots = 16384

// A Cluster is primaries that share the slots evenly, and a replica of the first.
type Cluster struct {
	Primaries []*Server
	Replica   *Server
}

// StartCluster returns once every node knows of all.
func StartCluster(t testing.TB) *Cluster {
	t.Helper()
	const primaries = 3
	nodes := make([]*Server, primaries+1)
	ask := make([]func(words ...any) string, len(nodes))
	for i := range nodes {
		nodes[i] = Start(t, "--cluster-enabled", "yes", "--cluster-port", strconv.Itoa(programtest.FreePort(t)), "--cluster-node-timeout", "1000",
			"--repl-diskless-sync-delay", "0")
		ask[i] = nodes[i].admin()
	}
	replica := ask[primaries]
	for i := range primaries {
		ask[i]("CLUSTER", "ADDSLOTSRANGE", i*slots/primaries, (i+1)*slots/primaries-1)
	}
	for _, node := range nodes[1:] {
		ask[0]("CLUSTER", "MEET", "127.0.0.1", node.Port, node.args[3])
	}
	first := ask[0]("CLUSTER", "MYID")
	eventually.True(t, "the last node knows the first", func() bool { return strings.Contains(replica("CLUSTER", "NODES"), first) })
	replica("CLUSTER", "REPLICATE", first)
	for _, ask := range ask {
		eventually.True(t, "a node knows of all slots, and of the replica", func() bool {
			return strings.Contains(ask("CLUSTER", "INFO"), "cluster_state:ok") && strings.Contains(ask("CLUSTER", "NODES"), "slave "+first)
		})
	}
	eventually.True(t, "the replica is in step", func() bool {
		return strings.Contains(replica("INFO", "replication"), "master_link_status:up")
	})
	return &Cluster{nodes[:primaries], nodes[primaries]}
}

// URL names the nodes, without the first of them, which a test may end.
func (c *Cluster) URL() string {
	return c.Primaries[1].URL() + "?cluster=true&addr=" + c.Primaries[2].Address()
}

// AwaitFailover waits until the replica is a primary.
func (c *Cluster) AwaitFailover() { c.Replica.awaitPrimary() }
