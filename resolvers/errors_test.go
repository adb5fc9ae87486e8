package resolvers_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/resolvers"
)

// The cause of an UNAVAILABLE is logged and never shown to a client. It is logged once in a while, and not for every
// request that fails.
func TestUnavailableIsLoggedOnceInAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logged bytes.Buffer
		r := resolvers.New(nil, nil, nil, slog.New(slog.NewTextHandler(&logged, nil)), 0)
		away := fmt.Errorf("%w (%w)", collab.Errorf(collab.Unavailable, "the database is not available; try again"), errors.New("connection refused"))
		meet := func(times, lines int) {
			t.Helper()
			logged.Reset()
			for range times {
				shown := r.Present(context.Background(), away)
				if shown.Message != "the database is not available; try again" || shown.Extensions["code"] != collab.Unavailable {
					t.Fatalf("a client was shown %v", shown)
				}
			}
			if got := strings.Count(logged.String(), "\n"); got != lines {
				t.Errorf("%d lines for %d who met it, want %d:\n%s", got, times, lines, &logged)
			}
		}
		meet(100, 1)
		if !strings.Contains(logged.String(), "connection refused") || !strings.Contains(logged.String(), "before=0") {
			t.Errorf("the cause is not in %s", &logged)
		}
		time.Sleep(time.Minute)
		meet(1, 1)
		if !strings.Contains(logged.String(), "before=99") {
			t.Errorf("it is not said how many met it before: %s", &logged)
		}
	})
}

func TestOtherKnownErrorsAreNotLogged(t *testing.T) {
	t.Parallel()
	var logged bytes.Buffer
	r := resolvers.New(nil, nil, nil, slog.New(slog.NewTextHandler(&logged, nil)), 0)
	r.Present(context.Background(), collab.Errorf(collab.Forbidden, "no"))
	if logged.Len() > 0 {
		t.Errorf("logged %s", &logged)
	}
}
