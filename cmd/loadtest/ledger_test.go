package main

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestLedgerCountsFromTheScheduledTime(t *testing.T) {
	l := newLedger([]int{2}, 0)
	scheduled := time.Now()
	l.publish(0, scheduled) // of the warm-up
	l.measure()
	version := l.publish(0, scheduled)
	for _, late := range []time.Duration{5 * time.Millisecond, time.Second} {
		l.deliver(0, version, scheduled.Add(late))
	}
	if l.published != 1 || l.deliveries != 2 || l.awaited != 2 {
		t.Errorf("published %d, delivered %d, awaited %d; want 1, 2, 2", l.published, l.deliveries, l.awaited)
	}
	for percentile, want := range map[float64]float64{50: 5, 99: 1000, 100: 1000} {
		if got := millis(l, percentile); got < want*0.999 || got > want*1.001 {
			t.Errorf("p%v is %v ms, want %v", percentile, got, want)
		}
	}
}

func TestLedgerBoundsLatencies(t *testing.T) {
	l := newLedger([]int{2}, 0)
	l.measure()
	now := time.Now()
	version := l.publish(0, now)
	l.deliver(0, version, now.Add(-time.Second)) // a clock that was set back
	l.deliver(0, version, now.Add(time.Hour))
	if got := l.latencies.TotalCount(); got != 2 {
		t.Errorf("%d latencies were kept, want 2", got)
	}
}

func TestLedgerNamesVersions(t *testing.T) {
	l := newLedger([]int{1, 1}, 0)
	now := time.Now()
	for _, want := range []int{2, 3} {
		if got := l.publish(1, now); got != want {
			t.Errorf("got version %d, want %d", got, want)
		}
	}
	if l.lastVersion(0) != 1 || l.lastVersion(1) != 3 {
		t.Errorf("the last versions are %d and %d, want 1 and 3", l.lastVersion(0), l.lastVersion(1))
	}
}

func TestLedgerRefusesWhatWasNotPublished(t *testing.T) {
	l := newLedger([]int{1}, 0)
	now := time.Now()
	version := l.publish(0, now)
	for _, unknown := range []int{0, 1, 3} {
		if l.deliver(0, unknown, now) {
			t.Errorf("version %d was taken", unknown)
		}
	}
	if !l.deliver(0, version, now) || l.deliver(0, version, now) {
		t.Error("one client has one delivery of a version, no more and no less")
	}
}

func TestWindowBoundsWhatIsUnderWay(t *testing.T) {
	l := newLedger([]int{2}, 1)
	if err := l.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	version := l.publish(0, time.Now())
	full, cancel := context.WithCancel(t.Context())
	cancel()
	for range 2 {
		if err := l.enter(full); !errors.Is(err, context.Canceled) {
			t.Fatalf("the window has place before the edit reached everybody: %v", err)
		}
		l.deliver(0, version, time.Now())
	}
	if err := l.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestDrainGivesUpWhenNothingComes(t *testing.T) {
	const giveUp = 10 * time.Second
	synctest.Test(t, func(t *testing.T) {
		l := newLedger([]int{3}, 0)
		version := l.publish(0, time.Now())
		go func() {
			for range 2 {
				time.Sleep(giveUp / 2)
				l.deliver(0, version, time.Now())
			}
		}()
		began := time.Now()
		l.drain(t.Context(), giveUp)
		if took := time.Since(began); took < 2*giveUp-time.Second || took > 2*giveUp+time.Second {
			t.Errorf("it waited %s, want %s after the last delivery", took, giveUp)
		}
	})
}
