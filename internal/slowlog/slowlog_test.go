package slowlog_test

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/fair"
	"tandem/internal/servertest"
	"tandem/internal/slowlog"
)

// run starts a log of operations of at least a second, and returns what it wrote.
func run(t *testing.T, explain slowlog.Explain) (log *slowlog.Log, written func() []string) {
	text := &servertest.LogBuffer{}
	log = slowlog.New(time.Second, slog.New(slog.NewTextHandler(text, nil)))
	ctx, end := context.WithCancel(t.Context())
	t.Cleanup(end)
	go log.Run(ctx, explain)
	return log, func() []string {
		synctest.Wait()
		lines := strings.Split(text.String(), "\n")
		return lines[:len(lines)-1]
	}
}

// slow logs an operation by its name, whose slowest statement was SELECT 2.
func slow(ctx context.Context, log *slowlog.Log, name string) {
	ctx, watch := log.Watch(ctx)
	for i, took := range []time.Duration{time.Second, 3 * time.Second, 2 * time.Second} {
		log.Statement(ctx, "SELECT\n\t"+strconv.Itoa(i+1), time.Now().Add(-took), nil)
	}
	fair.Waited(ctx, time.Now().Add(-time.Minute))
	watch.Log(ctx, slowlog.Operation{Name: name, Type: "query", Took: 7 * time.Second, Status: "ok"})
}

func TestLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, written := run(t, func(_ context.Context, text string) (string, error) { return "the plan of " + text, nil })
		slow(t.Context(), log, "A")
		lines := written()
		const want = `took=7s waited=1m0s statements=3 inStatements=6s slowest="SELECT 2" slowestTook=3s plan="the plan of SELECT\n\t2"`
		if len(lines) != 1 || !strings.Contains(lines[0], want) {
			t.Errorf("got %q", lines)
		}
	})
}

// Each operation has one line in a minute, there are ten in all, and the rest is counted.
func TestLinesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, written := run(t, func(context.Context, string) (string, error) { return "", errors.New("no connection") })
		for i := range 30 {
			slow(t.Context(), log, strconv.Itoa(i/2))
			synctest.Wait()
		}
		if lines := written(); len(lines) != 10 || !strings.Contains(lines[9], `noPlan="no connection"`) {
			t.Errorf("got %q", lines)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		slow(t.Context(), log, "0")
		if lines := written(); len(lines) != 12 || !strings.Contains(lines[10], "more=20") {
			t.Errorf("a minute later: %q", lines)
		}
	})
}

// A database that does not answer delays lines, and no operation.
func TestPlansThatHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, written := run(t, func(ctx context.Context, _ string) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		})
		for i := range 20 {
			slow(t.Context(), log, strconv.Itoa(i))
		}
		if lines := written(); len(lines) != 0 {
			t.Errorf("got %q", lines)
		}
		time.Sleep(time.Minute)
		lines := written()
		if all := strings.Join(lines, "\n"); strings.Count(all, "deadline exceeded") < 10 {
			t.Errorf("got %q", lines)
		}
	})
}

func TestOff(t *testing.T) {
	log := slowlog.New(0, slog.Default())
	ctx, watch := log.Watch(t.Context())
	if log != nil || ctx != t.Context() || watch.IsSlow(time.Hour) {
		t.Errorf("got %v", log)
	}
}
