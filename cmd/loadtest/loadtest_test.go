package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
)

// program is the server that all tests start, built once.
var program string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "loadtest-test")
	if err != nil {
		panic(err)
	}
	if program, err = build(context.Background(), folder, os.Stderr); err != nil {
		panic(err)
	}
	status := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(status)
}

// small are the flags of a load that takes a second.
var small = []string{"-clients", "20", "-topics", "4", "-users", "3", "-warm-up", "100ms", "-duration", "500ms", "-settle", "0s", "-json"}

// load runs the load test with flags on top of small ones, and returns its status and report.
func load(t *testing.T, flags ...string) (int, report) {
	t.Helper()
	var out bytes.Buffer
	status := run(t.Context(), append(append([]string{}, small...), flags...), &out, testLog{t})
	var r report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("status %d, and no report: %v: %s", status, err, &out)
	}
	return status, r
}

type testLog struct{ t *testing.T }

func (l testLog) Write(b []byte) (int, error) {
	l.t.Logf("%s", bytes.TrimSpace(b))
	return len(b), nil
}

// atOwn are the flags of a run that starts its server.
func atOwn(flags ...string) []string { return append([]string{"-server", program}, flags...) }

func TestWindow(t *testing.T) {
	t.Parallel()
	status, r := load(t, atOwn("-window", "3")...)
	if status != 0 || r.Lost+r.Doubled+r.Reordered+r.Errors != 0 || r.Deliveries != 5*r.Published || r.Published == 0 {
		t.Errorf("status %d: %+v", status, r)
	}
	if _, err := os.Stat("/proc/self/stat"); err == nil && (r.CPUMicros == nil || r.ConnectCPUMicros == nil || r.IdleKilobytes == nil) {
		t.Errorf("the server was not measured: %+v", r)
	}
}

func TestRate(t *testing.T) {
	t.Parallel()
	status, r := load(t, atOwn("-rate", "40")...)
	if status != 0 || r.Published != 20 || r.Deliveries != 100 {
		t.Errorf("status %d: %+v", status, r)
	}
}

func TestResume(t *testing.T) {
	t.Parallel()
	status, r := load(t, atOwn("-rate", "40", "-duration", "1s", "-kill-at", "300ms")...)
	if status != 0 || r.Broken != 20 || r.Resumed != 20 || r.Deliveries != 200 || r.ResumedInSeconds == nil {
		t.Errorf("status %d: %+v", status, r)
	}
}

func TestHumanReport(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if status := run(t.Context(), append(atOwn(small...), "-json=false"), &out, testLog{t}); status != 0 {
		t.Errorf("status %d", status)
	}
	for _, want := range []string{"20 on 4 topics", "p99.9", "lost        0"} {
		if !strings.Contains(strings.Join(strings.Fields(out.String()), " "), strings.Join(strings.Fields(want), " ")) {
			t.Errorf("%q is not in:\n%s", want, &out)
		}
	}
}

// The tool finds faulty deliveries, which a proxy between the clients and the server causes.
func TestFaultsAreFound(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		meddle func(n int, frame []byte, before [][]byte) [][]byte
		want   func(report) bool
	}{
		{"lost", func(n int, frame []byte, _ [][]byte) [][]byte {
			if n == 1 {
				return nil
			}
			return [][]byte{frame}
		}, func(r report) bool { return r.Lost == 20 && r.Doubled+r.Reordered+r.Errors == 0 }},
		{"doubled", func(n int, frame []byte, _ [][]byte) [][]byte {
			if n == 1 {
				return [][]byte{frame, frame}
			}
			return [][]byte{frame}
		}, func(r report) bool { return r.Doubled == 20 && r.Lost+r.Reordered+r.Errors == 0 }},
		{"reordered", func(n int, frame []byte, before [][]byte) [][]byte {
			switch n {
			case 1:
				return nil
			case 2:
				return [][]byte{frame, before[1]}
			}
			return [][]byte{frame}
		}, func(r report) bool { return r.Reordered == 20 && r.Lost+r.Doubled+r.Errors == 0 }},
		{"not what was asked for", func(n int, frame []byte, _ [][]byte) [][]byte {
			if n == 1 {
				return [][]byte{bytes.Replace(frame, []byte(`"type":"next"`), []byte(`"type":"text"`), 1)}
			}
			return [][]byte{frame}
		}, func(r report) bool { return r.Errors == 20 && r.FirstError != "" }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			const secret = "a secret of the tests that is long enough"
			s, err := startServer(t.Context(), program, []string{
				"AUTH_SECRET=" + secret, "DATABASE_URL=sqlite:" + t.TempDir() + "/tandem.db", "REDIS_URL=", "RATE_LIMIT_PER_SECOND=0",
			}, testLog{t})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.stop)
			address := meddler(t, strings.TrimPrefix(s.address, "http://"), test.meddle)
			status, r := load(t, "-url", address, "-secret", secret, "-rate", "40", "-give-up", "3s")
			if status != 1 || !test.want(r) {
				t.Errorf("status %d: %+v", status, r)
			}
		})
	}
}

func TestNoServer(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if status := run(t.Context(), []string{"-url", "http://127.0.0.1:1", "-secret", "s"}, &out, testLog{t}); status != 1 {
		t.Errorf("status %d without a server, want 1", status)
	}
	if status := run(t.Context(), []string{"-server", "/bin/false"}, &out, testLog{t}); status != 1 {
		t.Errorf("status %d with a server that ends, want 1", status)
	}
	if status := run(t.Context(), []string{"-url", "http://10.0.0.1", "-secret", "s"}, &out, testLog{t}); status != 2 {
		t.Errorf("status %d with an address that is not allowed, want 2", status)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if status := run(ctx, atOwn("-duration", "1m"), &out, testLog{t}); status != 1 {
		t.Errorf("status %d when it is ended early, want 1", status)
	}
}
