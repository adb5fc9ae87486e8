// Package eventually waits, in tests, for conditions that send no signal.
package eventually

import (
	"testing"
	"time"
)

// patience is how long a test waits before it fails. It does not measure speed: a busy machine may
// need much of it, and a condition that holds ends the wait.
const patience = 3 * time.Minute

// True waits until the condition holds, and fails the test if it never does. what
// completes the sentence "it never happened that …".
func True(t testing.TB, what string, condition func() bool) {
	t.Helper()
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	giveUp := time.NewTimer(patience)
	defer giveUp.Stop()
	for !condition() {
		select {
		case <-look.C:
		case <-giveUp.C:
			t.Fatalf("it never happened that %s", what)
		}
	}
}

// Is waits until a value is the wanted one.
func Is[V comparable](t testing.TB, what string, value func() V, wanted V) {
	t.Helper()
	var last V
	True(t, what, func() bool {
		last = value()
		return last == wanted
	})
}
