package operations_test

import (
	"bytes"
	"math"
	"net/http"
	"strings"
	"sync"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// lines collects what a program logs.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// With a full disk writes are UNAVAILABLE, the instance is not ready, reads continue, and the log has one line
// about it. Everything recovers by itself when there is room again.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	log := &lines{}
	at := servertest.StartProgramLogging(t, servertest.Embedded(t)["DATABASE_URL"], log)
	ada := servertest.Join(t, &at.Instance, "acme", "ada", collab.RoleMember)
	const create = `mutation { createCustomer(input: {name: "Acme"}) { __typename } }`
	ada.Ask(create, nil)
	at.WantReady(t, http.StatusOK)
	at.LimitFiles(t, 0)
	for range 3 {
		servertest.Want(t, "code", ada.Code(create, nil), "UNAVAILABLE")
		at.WantReady(t, http.StatusServiceUnavailable)
	}
	ada.Ask(`{ customers { nodes { name } } }`, nil)
	at.LimitFiles(t, math.MaxUint64)
	at.WantReady(t, http.StatusOK)
	ada.Ask(create, nil)
	if n := strings.Count(log.String(), "\n"); n != 1 || !strings.Contains(log.String(), "the database can't be written to") {
		t.Errorf("the log has %d lines:\n%s", n, log)
	}
}
