package main

import (
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"tandem/internal/httpd"
)

const (
	// filesBesides is how many of the files that the process may have open are left
	// for what is no client: the database, Redis, and a crowd that is being refused.
	filesBesides = 256
	// fewestConnections are taken even where files are few.
	fewestConnections = 64

	// maxHandshakes bounds the sockets that are not signed in yet. Fewer, and the
	// clients of an instance that died come back slowly; more, and a crowd takes
	// memory and time from those who are in.
	maxHandshakes = 4096
	// maxMemory is which share of the memory limit may be in use for good. Above,
	// Go collects garbage more than it does anything else.
	maxMemory = 0.8
	// assumedMemory is the memory limit where there is none.
	assumedMemory = 2 << 30
	// operationsShare is which part of the memory limit the operations under way may take.
	operationsShare = 8
	// eventsShare is which part of it the events may take that are kept for
	// subscriptions a little behind.
	eventsShare = 16
	// ringsShare is which part of it the newest changes of all followed organizations may take.
	ringsShare = 16
	// lateEvent is when an event is late, counted from when the instance learned of
	// it, and maxLate which share of them may be: more is an instance that cannot
	// keep up with those it has.
	lateEvent = 2 * time.Second
	maxLate   = 0.01
)

// newGate returns what decides which connections are taken.
func (a *app) newGate() *httpd.Gate {
	late := &httpd.Lateness{Bound: lateEvent}
	a.broadcasts.Delivered = func(_, sinceHeard time.Duration) { late.Observe(sinceHeard) }
	a.broadcasts.KeptBytes = memoryLimit() / eventsShare
	a.hub.RingBytes = memoryLimit() / ringsShare
	a.broadcasts.MaxPerPerson = a.settings.MaxConnectionsPerPerson * executionsPerConnection
	most := a.settings.MaxConnections
	if most == 0 {
		most = affordedConnections()
	}
	return &httpd.Gate{
		Connections: most, PerPerson: a.settings.MaxConnectionsPerPerson,
		Overload: httpd.NewOverload(a.log,
			httpd.Measure{Name: httpd.CauseMemory, Value: httpd.MemoryShare, Bound: maxMemory},
			httpd.Measure{Name: httpd.CauseHandshakes, Value: func() float64 { return float64(a.stats.Handshakes()) }, Bound: maxHandshakes, Instant: true},
			httpd.Measure{Name: httpd.CauseLatency, Value: late.Value, Bound: maxLate},
		),
		Refused: func(reason string) {
			if a.count.Refused != nil {
				a.count.Refused(reason)
			}
		},
	}
}

// affordedConnections is how many connections the limit on open files has room for.
func affordedConnections() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Cur > math.MaxInt32 {
		return math.MaxInt32
	}
	return max(fewestConnections, int(limit.Cur)-filesBesides)
}

// memoryLimit is how much memory the program may take.
func memoryLimit() int64 {
	if limit := debug.SetMemoryLimit(-1); limit < math.MaxInt64 {
		return limit
	}
	return assumedMemory
}

// memoryOfContainer is where a container finds how much memory it may have.
const memoryOfContainer = "/sys/fs/cgroup/memory.max"

// limitMemory tells Go how much memory a container has, unless GOMEMLIMIT does.
// Without, it would find out by being killed; with it, connections are refused in time.
func limitMemory() {
	text, err := os.ReadFile(memoryOfContainer)
	if err != nil || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	if bytes, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil {
		debug.SetMemoryLimit(bytes / 10 * 9) // the rest is what Go does not count
	}
}
