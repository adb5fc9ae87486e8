package model

import (
	"os"
	"path/filepath"
	"testing"

	"tandem/internal/systemtest"
)

// object is a JSON object, as requests and answers have it.
type object = systemtest.Object

type answer = systemtest.Answer

// A system is the program as it ships, twice, over a Postgres and a Redis of its own. Everything in it can be killed
// and started again where it was.
type system struct {
	postgres  *systemtest.Process
	redis     *systemtest.Process
	instances [2]*systemtest.Process
	urls      [2]string
	disturbances
	redisGone *disturbance // while Redis is away to stay away
}

// startSystem starts everything on free ports. It stops when the test ends.
func startSystem(t *testing.T, program string) *system {
	t.Helper()
	s, folder := &system{}, systemtest.Folder(t)
	postgres := systemtest.StartPostgres(t, folder, "-c", "max_connections=100")
	redis, redisPort := systemtest.StartRedis(t, folder)
	s.postgres, s.redis = postgres.Process, redis
	for i, name := range []string{"A", "B"} {
		port := systemtest.FreePort(t)
		s.urls[i] = "http://127.0.0.1:" + port
		s.instances[i] = &systemtest.Process{
			Name: name, Ready: systemtest.Answers(s.urls[i] + "/readyz"), Log: filepath.Join(folder, name+".log"), Args: append(systemtest.DiesWithTest(), program),
			Env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "ADDR=127.0.0.1:" + port, "AUTH_SECRET=" + systemtest.Secret,
				"DATABASE_URL=postgres://tandem@" + postgres.Address() + "/tandem?sslmode=disable",
				"REDIS_URL=redis://127.0.0.1:" + redisPort + "/0", "LOG_LEVEL=warn", "MAX_CONNECTIONS_PER_PERSON=1000",
				"RATE_LIMIT_PER_SECOND=10000", "RATE_LIMIT_BURST=100000"},
		}
		t.Cleanup(s.instances[i].Kill)
		if err := s.instances[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	return s
}
