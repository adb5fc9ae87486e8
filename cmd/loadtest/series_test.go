package main

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"
)

// service returns the URL of a service of scripts/with-services.
func service(t *testing.T, name string) string {
	t.Helper()
	url := os.Getenv(name)
	if url == "" {
		t.Fatalf("%s is not set; run the tests with scripts/with-services", name)
	}
	return url
}

// The series makes all runs at a tiny size, and has every figure. The values mean nothing at that size, except those that Postgres and Redis count.
func TestSeries(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	status := run(t.Context(), []string{"-capacity", "all", "-share", "0.01", "-json", "-server", program,
		"-database", service(t, "TEST_POSTGRES_URL"), "-redis", service(t, "TEST_REDIS_URL")}, &out, testLog{t})
	var rows []row
	if err := json.Unmarshal(out.Bytes(), &rows); err != nil || status != 0 {
		t.Fatalf("status %d, %v: %s", status, err, &out)
	}
	for _, f := range figures {
		i := slices.IndexFunc(rows, func(r row) bool { return r.Figure == f.name })
		if i < 0 {
			t.Errorf("there is no %q", f.name)
			continue
		}
		if counted := f.unit == "B" || f.unit == "commands" || f.unit == "1/s"; counted && rows[i].Median <= 0 {
			t.Errorf("%s: got %v %s", f.name, rows[i].Median, f.unit)
		}
	}
}

// A figure that some of the rounds have is the middle of those.
func TestRows(t *testing.T) {
	rounds := []reports{
		{"idle": {Clients: 10, ConnectCPUMicros: new(30.0)}}, {"idle": {Clients: 10}},
		{"idle": {Clients: 10, ConnectCPUMicros: new(10.0)}}, {"idle": {Clients: 10, ConnectCPUMicros: new(20.0)}},
	}
	rows := rowsOf(rounds)
	if len(rows) != 1 || rows[0].Median != 20 || rows[0].Least != 10 || rows[0].Most != 30 {
		t.Errorf("got %+v", rows)
	}
	for _, f := range figures {
		if value := f.of(reports{}); !math.IsNaN(value) {
			t.Errorf("%s is %v without any run", f.name, value)
		}
	}
}
