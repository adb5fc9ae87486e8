package server

import (
	"log/slog"
	"math"
	"net"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"tandem/internal/config"
	"tandem/internal/httpd"
	"tandem/internal/transport"
)

const (
	// reservedFiles is the number of open files that are reserved for everything except clients: the
	// database, Redis, and connections that are being rejected.
	reservedFiles = 256
	// fewestConnections is the number of connections to accept even if the limit of open files is low.
	fewestConnections = 64

	// maxHandshakes bounds the sockets that are not signed in yet. A low value delays the clients of
	// an instance that died. A high value lets new clients take memory and time from the connected ones.
	maxHandshakes = 4096
	// maxMemory is the share of the memory limit that may be in use after a garbage collection. Above
	// that, the garbage collector takes most of the processor's time.
	maxMemory = 0.8
	// assumedMemory is the memory limit if nobody sets one.
	assumedMemory = 2 << 30
	// The operations under way may take 1/operationsShare of the memory limit, the events that are
	// kept for subscriptions a little behind 1/eventsShare, and the rings of all followed
	// organizations 1/ringsShare.
	operationsShare = 8
	eventsShare     = 16
	ringsShare      = 16
	// lateEvent is the time from when the instance learned of an event after which its delivery is
	// late, and maxLate the share of late events above which the instance is overloaded.
	lateEvent = 2 * time.Second
	maxLate   = 0.01
)

// newGate returns the gate that decides which connections the instance accepts. peer returns the
// address of a connection.
func newGate(settings config.Settings, overload *httpd.Overload, peer func(net.Addr) string, refused func(reason string)) *httpd.Gate {
	most := settings.MaxConnections
	if most == 0 {
		most = affordedConnections()
	}
	return &httpd.Gate{
		Connections: most, PerPerson: settings.MaxConnectionsPerPerson, Overload: overload, Address: peer, Refused: refused,
	}
}

// overload returns the detector of overload.
func overload(options Options, stats *transport.Stats, late *httpd.Lateness, log *slog.Logger) *httpd.Overload {
	if options.Load != nil {
		return httpd.NewOverload(log, httpd.Measure{Name: httpd.CauseLatency, Value: options.Load, Bound: 1, Instant: true})
	}
	return httpd.NewOverload(log,
		httpd.Measure{Name: httpd.CauseMemory, Value: httpd.MemoryShare, Bound: maxMemory},
		httpd.Measure{Name: httpd.CauseHandshakes, Value: func() float64 { return float64(stats.Handshakes()) }, Bound: maxHandshakes, Instant: true},
		httpd.Measure{Name: httpd.CauseLatency, Value: late.Value, Bound: maxLate},
	)
}

// affordedConnections returns the number of connections that the limit of open files allows.
func affordedConnections() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Cur > math.MaxInt32 {
		return math.MaxInt32
	}
	return max(fewestConnections, int(limit.Cur)-reservedFiles)
}

// memoryLimit returns the memory that the program may take, in bytes.
func memoryLimit() int64 {
	if limit := debug.SetMemoryLimit(-1); limit < math.MaxInt64 {
		return limit
	}
	return assumedMemory
}

// memoryOfContainer is the file with the memory limit of a container.
const memoryOfContainer = "/sys/fs/cgroup/memory.max"

// limitMemory sets the memory limit of Go to that of the container, unless GOMEMLIMIT is set.
// Without a limit the kernel would kill the program; with one, it rejects connections before that.
func limitMemory() {
	text, err := os.ReadFile(memoryOfContainer)
	if err != nil || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	if bytes, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil {
		debug.SetMemoryLimit(bytes / 10 * 9) // the rest is memory that Go does not count
	}
}
