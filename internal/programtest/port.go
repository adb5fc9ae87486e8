package programtest

import (
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
)

// FreePort returns a port that nobody listens on. It is below those that systems give to outgoing connections, so that it is
// still free when a server that was killed comes back to it.
func FreePort(t testing.TB) int {
	t.Helper()
	for range 100 {
		port := 10_000 + rand.IntN(22_000)
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue // somebody uses it
		}
		_ = listener.Close()
		return port
	}
	t.Fatal("no port is free")
	return 0
}
