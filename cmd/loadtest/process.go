package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// A usage is the processor time and memory of a process, from /proc on Linux. It is
// empty elsewhere, and for an unknown process.
type usage struct {
	known  bool
	cpu    time.Duration
	memory int // resident, in bytes
}

// tick is the unit of times in /proc: USER_HZ is 100 on every platform that Go runs on.
const tick = 10 * time.Millisecond

func usageOf(pid int) usage {
	if pid == 0 {
		return usage{}
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return usage{}
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return usage{}
	}
	cpu, ok := parseStat(stat)
	memory, found := parseStatus(status)
	return usage{known: ok && found, cpu: cpu, memory: memory}
}

// parseStat reads user and system time, the 14th and 15th field. The second is
// the program's name in parentheses, which may contain any text.
func parseStat(stat []byte) (time.Duration, bool) {
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, false
	}
	user, err1 := strconv.Atoi(string(fields[11]))
	system, err2 := strconv.Atoi(string(fields[12]))
	return time.Duration(user+system) * tick, err1 == nil && err2 == nil
}

// parseStatus reads the resident memory.
func parseStatus(status []byte) (int, bool) {
	_, rest, found := bytes.Cut(status, []byte("\nVmRSS:"))
	fields := bytes.Fields(rest)
	if !found || len(fields) == 0 {
		return 0, false
	}
	kilobytes, err := strconv.Atoi(string(fields[0]))
	return kilobytes * 1024, err == nil
}
