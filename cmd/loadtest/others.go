package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// others are processes beside the server by name, such as those of the database, whose children count as theirs.
type others map[string]int

// parseOthers reads NAME=PID,NAME=PID.
func parseOthers(text string) (others, error) {
	found := others{}
	for pair := range strings.SplitSeq(text, ",") {
		name, number, _ := strings.Cut(pair, "=")
		pid, err := strconv.Atoi(number)
		if name == "" || err != nil || pid < 1 {
			return nil, fmt.Errorf("%q is not NAME=PID, as in postgres=4711,redis=4712", pair)
		}
		if !usageOf(pid).known {
			return nil, fmt.Errorf("there is no process %d, which %s is said to be", pid, name)
		}
		found[name] = pid
	}
	return found, nil
}

// cpu returns the processor time of each.
func (o others) cpu() map[string]time.Duration {
	used := map[string]time.Duration{}
	for name, pid := range o {
		used[name] = familyCPU(pid)
	}
	return used
}

// familyCPU returns the processor time of a process, of its children, and of those that have ended. Postgres has a child
// for each connection.
func familyCPU(pid int) (sum time.Duration) {
	files, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is well-formed
	for _, file := range files {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended; its parent counts it
		}
		own, _ := parseStat(stat)
		switch {
		case filepath.Base(filepath.Dir(file)) == strconv.Itoa(pid):
			sum += own + parseEnded(stat)
		case parentOf(stat) == pid:
			sum += own
		}
	}
	return sum
}

// parentOf is the fourth field of a stat file.
func parentOf(stat []byte) int {
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 2 {
		return 0
	}
	parent, _ := strconv.Atoi(string(fields[1]))
	return parent
}

// parseEnded reads the time of the children that have ended, the 16th and 17th field.
func parseEnded(stat []byte) time.Duration {
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 15 {
		return 0
	}
	user, _ := strconv.Atoi(string(fields[13]))
	system, _ := strconv.Atoi(string(fields[14]))
	return time.Duration(user+system) * tick
}
