package collabtest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tandem/internal/collab"
)

var certificateTests = []storeTest{
	{"KeepCertificate/ReplacesAndForgets", certificatesKept},
	{"ClaimCertificate/OneHolderAtATime", certificateClaimed},
	{"ClaimCertificate/ConcurrentCallsLeaveOneHolder", certificateRaces},
}

func certificatesKept(t *testing.T, f StoreFixture) {
	for _, value := range []string{"", "first", "second", ""} {
		if err := f.Store.KeepCertificate(t.Context(), t.Name(), value); err != nil {
			t.Fatal(err)
		}
		if got := must(f.Other.Certificate(t.Context(), t.Name()))(t); got != value {
			t.Errorf("got %q, want %q", got, value)
		}
	}
}

func certificateClaimed(t *testing.T, f StoreFixture) {
	name, start := t.Name(), collab.Time{Time: time.Now().Truncate(time.Millisecond)}
	at := func(after time.Duration) collab.Time { return collab.Time{Time: start.Add(after)} }
	claim := func(holder string, now, until time.Duration) bool {
		return must(f.Store.ClaimCertificate(t.Context(), name, holder, at(now), at(until)))(t)
	}
	if !claim("one", 0, time.Minute) || claim("two", 0, time.Minute) || claim("two", time.Minute-time.Millisecond, time.Hour) {
		t.Error("two holders have it at a time, or none")
	}
	if err := f.Store.KeepCertificate(t.Context(), name, "value"); err != nil {
		t.Fatal(err)
	}
	if claim("two", 0, time.Minute) || !claim("one", 0, 0) || !claim("two", 0, time.Minute) || !claim("one", time.Minute, time.Hour) {
		t.Error("the holder can't give it back, a value ends the claim, or it does not end")
	}
	if got := must(f.Other.Certificate(t.Context(), name))(t); got != "value" {
		t.Errorf("a claim leaves %q", got)
	}
}

func certificateRaces(t *testing.T, f StoreFixture) {
	now := collab.Time{Time: time.Now()}
	until := collab.Time{Time: now.Add(time.Minute)}
	var all sync.WaitGroup
	var holders atomic.Int32
	for i, store := range []collab.Store{f.Store, f.Other, f.Store, f.Other} {
		all.Go(func() {
			claimed, err := store.ClaimCertificate(t.Context(), t.Name(), string(rune('a'+i)), now, until)
			if err != nil {
				t.Error(err)
			} else if claimed {
				holders.Add(1)
			}
		})
	}
	all.Wait()
	if got := holders.Load(); got != 1 {
		t.Errorf("%d hold it", got)
	}
}
