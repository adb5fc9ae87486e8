package operations_test

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/servertest"
)

// A slowLine is a line of the log about a slow operation.
type slowLine struct {
	Msg, Type, Step, Operation, Organization, Status, Slowest, Plan string
	NoPlan                                                          json.RawMessage
	Took, Waited, InStatements, SlowestTook                         time.Duration
	Statements                                                      int
}

// slowLines returns the lines about slow operations.
func slowLines(t *testing.T, logged *servertest.LogBuffer) (lines []slowLine) {
	t.Helper()
	for text := range strings.Lines(logged.String()) {
		var line slowLine
		if !strings.Contains(text, `"slow operation"`) {
			continue
		}
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		lines = append(lines, line)
	}
	return lines
}

// startSlow starts an instance that logs operations that take at least a time.
func startSlow(t *testing.T, settings map[string]string, threshold string) (*servertest.Instance, *servertest.LogBuffer) {
	t.Helper()
	logged := &servertest.LogBuffer{}
	maps.Copy(settings, map[string]string{
		"SLOW_OPERATION": threshold, "LOG_LEVEL": "info", "LOG_FORMAT": "json", "METRICS_ADDR": servertest.FreeAddress(t),
	})
	return servertest.StartLogging(t, settings, logged), logged
}

// A document that does not validate is refused with its reason, also by an instance that logs slow operations.
func TestSlowOperationsLeaveRefusalsAlone(t *testing.T) {
	t.Parallel()
	at, logged := startSlow(t, servertest.Embedded(t), "1ns")
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	if code := ada.Code(`{ customers { nonsense } }`, nil); code != "GRAPHQL_VALIDATION_FAILED" {
		t.Errorf("an unknown field is refused with %s", code)
	}
	if lines := slowLines(t, logged); len(lines) > 0 {
		t.Errorf("a refused document is logged as slow: %v", lines)
	}
}

// Queries, mutations, subscriptions and their events are logged with the plan of their slowest statement, and without content.
func TestSlowOperationsHavePlans(t *testing.T) {
	t.Parallel()
	for name, settingsOf := range map[string]func(testing.TB) map[string]string{"sqlite": servertest.Embedded, "postgres": servertest.Shared} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, logged := startSlow(t, settingsOf(t), "1ns")
			ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
			customer := ada.Create(servertest.Object{"name": renamed})
			socket := ada.Connect()
			socket.Subscribe("1", "subscription Follow($after: Cursor) { customerChanged(after: $after) { customer { name related: comments(first: 1) { nodes { body } } } } }",
				servertest.Object{"after": customer["cursor"]})
			ask(t, ada, "", servertest.Object{"id": customer["id"], "version": 1, "name": renamed + " II"})
			socket.Next("1")
			ada.Ask("query Find($text: String) { customers(first: 2, filter: {search: $text}) { nodes { name } } }", servertest.Object{"text": "Confidential"})
			for _, want := range []slowLine{
				{Type: "query", Operation: "Find"}, {Type: "mutation", Operation: "Rename"},
				{Type: "subscription", Step: "subscribe", Operation: "Follow"}, {Type: "subscription", Step: "event", Operation: "Follow"},
			} {
				eventually.True(t, want.Type+" "+want.Step+" is logged with its statements and a plan", func() bool {
					return slices.ContainsFunc(slowLines(t, logged), func(l slowLine) bool {
						return l.Type == want.Type && l.Step == want.Step && l.Operation == want.Operation && l.Organization == "acme" && l.Status == "ok" &&
							(want.Step == "subscribe" || l.Statements > 0 && l.Slowest != "")
					})
				})
			}
			wantPlans(t, slowLines(t, logged))
			if strings.Contains(logged.String(), "Confidential") {
				t.Errorf("the log has content: %s", logged)
			}
		})
	}
}

// wantPlans requires that all statements have a plan, except those that the database does not plan.
func wantPlans(t *testing.T, lines []slowLine) {
	t.Helper()
	plans := 0
	for _, line := range lines {
		verb, _, _ := strings.Cut(line.Slowest, " ")
		if line.NoPlan != nil || line.Plan == "" && slices.Contains([]string{"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}, verb) {
			t.Errorf("no plan (%s): %+v", line.NoPlan, line)
		}
		if line.Plan != "" {
			plans++
		}
	}
	if plans == 0 {
		t.Errorf("no line has a plan: %+v", lines)
	}
}

// A statement that is slow in the database is the one that is logged, once in a period, and counted each time.
func TestSlowStatement(t *testing.T) {
	t.Parallel()
	settings := servertest.Shared(t)
	at, logged := startSlow(t, settings, "250ms")
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "v1"})
	servertest.OnServer(t, settings["DATABASE_URL"], func(ctx context.Context, conn *pgx.Conn) {
		for _, text := range []string{
			"CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.3); RETURN new; END $$",
			"CREATE TRIGGER dawdle BEFORE UPDATE ON entities FOR EACH ROW EXECUTE FUNCTION dawdle()",
		} {
			if _, err := conn.Exec(ctx, text); err != nil {
				t.Fatal(err)
			}
		}
	})
	for version := 1; version <= 2; version++ {
		ask(t, ada, "", servertest.Object{"id": customer["id"], "version": version, "name": renamed[version:]})
	}
	eventually.True(t, "both were counted", func() bool {
		_, scrape := servertest.Get(t, "http://"+settings["METRICS_ADDR"]+"/metrics")
		return servertest.Value(scrape, `tandem_slow_operations_total{type="mutation"}`) >= 2
	})
	at.Drain(t)
	var renames []slowLine
	for _, line := range slowLines(t, logged) {
		if line.Operation == "Rename" {
			renames = append(renames, line)
		}
	}
	if len(renames) != 1 {
		t.Fatalf("lines %+v in %s", renames, logged)
	}
	line := renames[0]
	if !strings.Contains(line.Slowest, "entities") || line.SlowestTook < 300*time.Millisecond || line.InStatements < line.SlowestTook || line.Took < line.SlowestTook ||
		line.Waited > line.Took || line.Statements < 3 || !strings.Contains(line.Plan, "entities") {
		t.Errorf("got %+v", line)
	}
	if !strings.Contains(logged.String(), `"msg":"more operations were slow"`) {
		t.Errorf("the log does not say that there were more: %s", logged)
	}
}
