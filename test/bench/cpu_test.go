package bench_test

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// A cpuMeter measures the processor time of this process, which is server and client, and of the Postgres sessions
// of a database. Unlike elapsed time, it is much the same on a busy machine.
type cpuMeter struct {
	database string // its URL; "" if there is none
	began    time.Duration
}

// measureCPU starts a meter.
func measureCPU(tb testing.TB, database string) *cpuMeter {
	tb.Helper()
	m := &cpuMeter{database: database}
	m.began = m.read(tb)
	return m
}

// used returns the processor time since the meter started.
func (m *cpuMeter) used(tb testing.TB) time.Duration {
	tb.Helper()
	return m.read(tb) - m.began
}

func (m *cpuMeter) read(tb testing.TB) time.Duration {
	tb.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		tb.Fatal(err)
	}
	used := time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	if m.database == "" {
		return used
	}
	conn, err := pgx.Connect(tb.Context(), m.database)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = conn.Close(tb.Context()) }()
	rows, err := conn.Query(tb.Context(), "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
	if err != nil {
		tb.Fatal(err)
	}
	sessions, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		tb.Fatal(err)
	}
	for _, session := range sessions {
		used += processCPU(session)
	}
	return used
}

// processCPU is the processor time of another process on this machine; 0 if it has ended.
func processCPU(pid int) time.Duration {
	const tick = 10 * time.Millisecond // USER_HZ is 100 on Linux
	stat, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	_, after, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(after) // from the third one on
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * tick
}
