//go:build linux

package main

import (
	"bytes"
	"os"
	"strconv"
	"testing"
)

func TestServicesAreMeasured(t *testing.T) {
	t.Parallel()
	s := settings{database: service(t, "TEST_POSTGRES_URL"), redis: service(t, "TEST_REDIS_URL")}
	v, err := openServices(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer v.close()
	found := v.processes(t.Context())
	for _, name := range []string{postgresName, redisName} {
		program, _ := os.ReadFile("/proc/" + strconv.Itoa(found[name]) + "/comm")
		if !bytes.HasPrefix(program, []byte(name)) {
			t.Errorf("the process of %s is %d, %q", name, found[name], program)
		}
	}
	before, err := v.count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.postgres.Exec(t.Context(), "SELECT pg_logical_emit_message(false, 'loadtest', repeat('x', 1000))"); err != nil {
		t.Fatal(err)
	}
	if err := v.redis.Ping(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	after, err := v.count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if after[walBytes] < before[walBytes]+1000 || after[redisCommands] < before[redisCommands]+2 || after[redisBytes] == 0 {
		t.Errorf("got %v after %v", after, before)
	}
	if _, known := after[logBytes]; !known {
		t.Error("the size of the log is not known")
	}
}

// A service on another machine, or in a container, has the number of another process here.
func TestProcessOfSomethingElse(t *testing.T) {
	o := others{}
	o.add(redisName, os.Getpid())
	o.add(redisName, 0)
	if len(o) > 0 {
		t.Errorf("got %v", o)
	}
}
