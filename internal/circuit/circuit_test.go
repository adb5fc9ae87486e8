package circuit_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/circuit"
)

// attempt makes an attempt of an owner, and reports whether it was allowed.
func attempt(b *circuit.Breaker, owner string, works bool) bool {
	end, allowed := b.AllowFor(owner)
	if !allowed {
		return false
	}
	if works {
		end(circuit.Works)
	} else {
		end(circuit.Fails)
	}
	return true
}

// open returns a breaker of a service that has failed for five owners.
func open(t *testing.T) *circuit.Breaker {
	t.Helper()
	b := circuit.New("a service")
	for i := range 5 {
		if !attempt(b, fmt.Sprint("owner-", i), false) {
			t.Fatalf("attempt %d is refused", i)
		}
	}
	if attempt(b, "bob", true) {
		t.Fatal("the service is not left alone after five owners failed")
	}
	return b
}

func TestFailuresOfOneOwnerCountOnce(t *testing.T) {
	t.Parallel()
	b := circuit.New("a service")
	for range 100 {
		for _, owner := range []string{"eve", "mallory", "trudy", "oscar"} {
			if !attempt(b, owner, false) {
				t.Fatal("the service is left alone, though it failed for four owners only")
			}
		}
	}
	if !attempt(b, "bob", true) {
		t.Fatal("another owner is refused")
	}
	for _, owner := range []string{"eve", "mallory", "trudy", "oscar", "bob"} {
		if !attempt(b, owner, false) {
			t.Fatal("a success does not begin the count anew")
		}
	}
	if attempt(b, "ann", true) {
		t.Error("the service is not left alone after five owners failed")
	}
}

// An attempt that fails before the service knows whose it is counts for itself.
func TestServiceThatIsDown(t *testing.T) {
	t.Parallel()
	b := circuit.New("a service")
	for i := range 5 {
		end, allowed := b.AllowFor("ann")
		if !allowed {
			t.Fatalf("attempt %d is refused", i)
		}
		end(circuit.Down)
	}
	if attempt(b, "ann", true) || attempt(b, "bob", true) {
		t.Error("a service that is down is not left alone")
	}
}

// One owner who fails again does not keep the others from finding out that the service works.
func TestOthersTryAfterAnOwnerWhoFailsAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		time.Sleep(circuit.LeaveAlone + time.Second)
		if !attempt(b, "owner-0", false) {
			t.Fatal("nobody may find out whether the service works")
		}
		if attempt(b, "owner-0", false) || attempt(b, "owner-1", false) {
			t.Error("owners who failed before go before others")
		}
		if !attempt(b, "bob", true) || !attempt(b, "owner-1", false) {
			t.Error("the service is left alone, though it works for bob")
		}
	})
}

// However many owners failed before, another one for whom the service works finds that out after one pause.
func TestOthersTryAfterOwnersWhoFailTheFirstTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		time.Sleep(circuit.LeaveAlone + time.Second)
		for i := range 15 {
			owner := fmt.Sprint("other-", i)
			if !attempt(b, owner, false) || attempt(b, owner, false) || attempt(b, "owner-0", false) {
				t.Fatal("the next attempt is not of an owner who did not fail before")
			}
		}
		if !attempt(b, "bob", true) || !attempt(b, "owner-1", false) {
			t.Error("the service is left alone, though it works for bob")
		}
	})
}

// A service that fails for many others too is left alone again.
func TestServiceThatStillFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		for pause := range 7 {
			time.Sleep(circuit.LeaveAlone + time.Second)
			for i := range 32 {
				if !attempt(b, fmt.Sprint("other-", pause, "-", i), false) {
					t.Fatalf("owner %d after pause %d may not find out whether the service works", i, pause)
				}
			}
			if attempt(b, "bob", true) {
				t.Fatal("a service that fails for 32 more owners is not left alone")
			}
		}
		// If all who have something to send failed before, they try again, one after another.
		time.Sleep(circuit.LeaveAlone + time.Second)
		for range 3 {
			if !attempt(b, "other-6-31", false) || attempt(b, "other-6-31", false) {
				t.Fatal("owners who failed before do not try once in each pause")
			}
			time.Sleep(circuit.LeaveAlone + time.Second)
		}
	})
}

// An attempt that was ended before its answer says nothing, and the next one finds out whether the service works.
func TestAttemptWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		if room, limited := b.Room(); room != 0 || !limited {
			t.Errorf("a service that is left alone has room for %d", room)
		}
		time.Sleep(circuit.LeaveAlone + time.Second)
		end, _ := b.AllowFor("bob")
		end(circuit.Unknown)
		if room, limited := b.Room(); room != 1 || !limited {
			t.Errorf("a service that is tried has room for %d", room)
		}
		if !attempt(b, "ann", true) {
			t.Error("nobody tries after an attempt that did not end")
		}
		if _, limited := b.Room(); limited {
			t.Error("a service that works is limited")
		}
	})
}
