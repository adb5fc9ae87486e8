package redis_test

import (
	"strings"
	"testing"

	"tandem/internal/diagnosis"
	"tandem/internal/redis"
	"tandem/internal/redistest"
)

// wantFinding expects that the worst findings of a report are of a level, and that one of them contains a text.
func wantFinding(t *testing.T, report diagnosis.Report, level diagnosis.Level, text string) {
	t.Helper()
	if report.Worst() != level {
		t.Errorf("the worst finding is %s, want %s: %v", report.Worst(), level, report)
	}
	for _, finding := range report {
		if finding.Level == level && strings.Contains(finding.Text, text) {
			return
		}
	}
	t.Errorf("no finding says %q: %v", text, report)
}

// Each kind of Redis that instances could not use is found, and is told from one that they can.
func TestDiagnose(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	admin := connect(t, server.URL())
	do := func(words ...any) {
		t.Helper()
		if err := admin.Do(t.Context(), words...).Err(); err != nil {
			t.Fatal(err)
		}
	}
	diagnose := func(user string) diagnosis.Report {
		return redis.Diagnose(t.Context(), strings.Replace(server.URL(), "//", "//"+user, 1))
	}
	wantFinding(t, diagnose(""), diagnosis.OK, "the user may announce, listen, and keep presence and limits")
	do(documentedUser(t)...)
	wantFinding(t, diagnose("tandem:PASSWORD@"), diagnosis.OK, "the user may announce")
	wantFinding(t, diagnose("tandem:wrong@"), diagnosis.Failed, "refuses the user name or the password")
	do("CONFIG", "SET", "maxmemory", "1")
	wantFinding(t, diagnose(""), diagnosis.Failed, "Redis is full")
	do("CONFIG", "SET", "maxmemory", "0")
	do("REPLICAOF", "127.0.0.1", "1")
	wantFinding(t, diagnose(""), diagnosis.Failed, "is a replica")
}

func TestDiagnoseNoRedis(t *testing.T) {
	t.Parallel()
	wantFinding(t, redis.Diagnose(t.Context(), "redis://127.0.0.1:1"), diagnosis.Failed, "no Redis answers at 127.0.0.1:1")
	wantFinding(t, redis.Diagnose(t.Context(), "http://127.0.0.1:1"), diagnosis.Failed, "REDIS_URL must begin with redis://")
}
