package systemtest

import (
	"path/filepath"
	"testing"
)

// StartRedis starts a Redis that keeps nothing, on a port of its own, with options, as "--maxmemory", "2mb".
func StartRedis(t testing.TB, folder string, options ...string) (redis *Process, port string) {
	t.Helper()
	port = FreePort(t)
	redis = &Process{Name: "redis", Log: filepath.Join(folder, "redis-"+port+".log"), Ready: Dials(port),
		Args: append(append(Unprivileged(t), programOf(t, "TEST_REDIS_SERVER", "redis-server"), "--bind", "127.0.0.1", "--port", port,
			"--save", "", "--appendonly", "no", "--dir", folder), options...)}
	t.Cleanup(redis.Kill)
	if err := redis.Start(); err != nil {
		t.Fatal(err)
	}
	return redis, port
}
