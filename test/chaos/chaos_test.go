// Package chaos breaks one part of the system after another while people write and follow, and holds the rest to its promises:
// nothing acknowledged is lost, nothing is delivered twice or out of order, no list is older than what was acknowledged before, and
// everything heals by itself. `make chaos` plays
// every fault and prints how long each took to heal.
package chaos

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"tandem/internal/server"
)

// TestMain makes the test's binary the program where the environment asks for it, with a clock that a test can move.
func TestMain(m *testing.M) {
	if os.Getenv(asInstance) == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	environment := map[string]string{}
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		environment[name] = value
	}
	now := clockOf(os.Getenv(clockFile))
	if err := server.RunWith(ctx, environment, os.Stdout, os.Stderr, server.Options{Now: now}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// stages are systems with the faults that are played on them.
var stages = []struct {
	name   string
	start  func(*testing.T) *system
	faults []fault
}{
	{"system", startSystem, faults},
	{"Redis with Sentinels", startSentineled, []fault{{name: "Redis failed over by Sentinels", last: 3 * time.Second, do: failOverToReplica, heals: redisIsBack}}},
	{"Redis Cluster", startCluster, []fault{{name: "Redis Cluster: a primary killed", long: true, last: 3 * time.Second, do: failOverNode, heals: redisIsBack}}},
	{"NATS", startOnNATS, []fault{
		{name: "NATS killed", last: 2 * time.Second, do: killNATS, heals: natsIsBack},
		{name: "NATS stopped for 8 s", long: true, last: 8 * time.Second, do: stopNATS, heals: natsIsBack},
	}},
	{"the release before", startPrevious, []fault{{name: "rolling deploy of a release with a migration", long: true, do: upgrade, bites: reconnects}}},
	{"Patroni", startPatroni, []fault{
		{name: "Patroni: switchover", long: true, do: switchOver, bites: repeats},
		{name: "Patroni: primary killed", long: true, do: killPrimary, bites: repeats},
	}},
}

// TestChaos plays the faults of each system one after another. CHAOS=all plays those that take longer, too; CHAOS=NAME plays one.
func TestChaos(t *testing.T) {
	chosen := os.Getenv("CHAOS")
	if names := faultNames(); chosen != "" && chosen != "all" && !slices.Contains(names, chosen) {
		t.Fatalf("CHAOS=%s names no fault; the faults are:\n  %s\nCHAOS=all plays all of them.", chosen, strings.Join(names, "\n  "))
	}
	var told report
	for _, stage := range stages {
		isPlayed := func(f fault) bool { return f.name == chosen || chosen == "all" || chosen == "" && !f.long }
		if slices.ContainsFunc(stage.faults, isPlayed) {
			t.Run(stage.name, func(t *testing.T) { told.playAll(t, stage.start(t), stage.faults, isPlayed) })
		}
	}
	if !t.Failed() {
		fmt.Println(told.String())
	}
}

func faultNames() (names []string) {
	for _, stage := range stages {
		for _, f := range stage.faults {
			names = append(names, f.name)
		}
	}
	return names
}

// playAll plays the faults of a system, and compares at the end what was acknowledged and delivered with the log.
func (r *report) playAll(t *testing.T, s *system, faults []fault, isPlayed func(fault) bool) {
	l := startLoad(t, s)
	for _, f := range faults {
		if isPlayed(f) {
			t.Run(f.name, func(t *testing.T) { r.lines = append(r.lines, play(t, s, l, f)) })
		}
	}
	l.stop()
	l.wantLog(t)
}

// A fault breaks something, and what it returns mends it again. While it lasts, the load goes on.
type fault struct {
	name string
	long bool          // only in the long form
	last time.Duration // how long it lasts
	do   func(*testing.T, *system) (mend func())
	// bites reports whether the load felt the fault; nil for faults that nobody who writes or follows may feel, which see for
	// themselves that the system noticed them. A fault that does not bite shows nothing.
	bites func(line) bool
	// heals waits for what has to be whole again besides writes and events; nil if nothing does.
	heals func(*testing.T, *system)
}

// healTime is how long the system may take until it is whole again after a fault has ended. It is a bound against what never
// heals, for busy machines; the report has the time that it took.
const healTime = 90 * time.Second

// play breaks, waits, mends, and waits until the system is whole.
func play(t *testing.T, s *system, l *load, f fault) line {
	t.Helper()
	l.whole(t, s, time.Now())
	l.ledger.startFault()
	began := time.Now()
	mend := f.do(t, s)
	<-time.After(f.last)
	mend()
	mended := time.Now()
	l.whole(t, s, mended)
	if f.heals != nil {
		f.heals(t, s)
	}
	told := l.ledger.endFault(f.name, mended.Sub(began), time.Since(mended))
	if f.bites != nil && !f.bites(told) {
		t.Errorf("nothing came of the fault: %+v", told)
	}
	return told
}
