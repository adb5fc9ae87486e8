package operations_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/config"
	"tandem/internal/eventually"
	"tandem/internal/memory"
	"tandem/internal/server"
	"tandem/internal/servertest"
	"tandem/internal/sqlite"
)

func TestLogAndConflictsAreMeasured(t *testing.T) {
	t.Parallel()
	for name, settingsOf := range map[string]func(testing.TB) map[string]string{"sqlite": servertest.Embedded, "postgres": servertest.Shared} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ada, metricsAt := measured(t, settingsOf(t))
			customer := ada.Create(servertest.Object{"name": "v1"}) // 2
			ben := servertest.Join(t, ada.At, "acme", "ben", collab.RoleMember)
			ada.Update(customer, 1, servertest.Object{"name": "of Ada"})                                           // 3
			ben.Update(customer, 1, servertest.Object{"name": "of Ben"}).At("__typename").Is(`"CustomerConflict"`) // 4 and 5
			resolved := ben.Update(customer, 1, servertest.Object{"name": "of Ben again"}).Text("id")              // 6
			ben.Ask(`mutation($conflict: ID!) { resolveCustomerConflict(input: {conflictId: $conflict, resolution: REMOTE}) { __typename } }`,
				servertest.Object{"conflict": resolved}) // 7
			for series, want := range map[string]float64{
				`tandem_conflicts_open`: 1, `tandem_log_changes`: 7,
				`tandem_changes_total{type="CONFLICT"}`: 2, `tandem_changes_total{type="RESOLVE"}`: 1,
				`tandem_conflicts_resolved_total{resolution="REMOTE"}`: 1, `tandem_conflicts_resolved_total{resolution="LOCAL"}`: 0,
			} {
				servertest.WantSeries(t, metricsAt, series, want)
			}
			_, scrape := servertest.Get(t, metricsAt)
			if bytes, age := servertest.Value(scrape, "tandem_database_bytes"), servertest.Value(scrape, "tandem_log_oldest_seconds"); bytes < 10_000 || age < 0 || age > 600 {
				t.Errorf("the database has %v bytes, and the oldest change is %v s old", bytes, age)
			}
			if strings.Contains(scrape, "tandem_retention") {
				t.Error("without RETENTION there are metrics of it")
			}
			if live, isThere := servertest.Value(scrape, `tandem_log_rows{state="live"}`), name == "postgres"; (live >= 0) != isThere {
				t.Errorf("the log has %v live rows", live)
			}
		})
	}
}

func TestRetentionIsMeasured(t *testing.T) {
	t.Parallel()
	settings := servertest.Embedded(t)
	store, err := sqlite.Open(t.Context(), strings.TrimPrefix(settings["DATABASE_URL"], "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	past := collab.NewService(store, memory.NewBus(), nil, slog.New(slog.DiscardHandler), func() time.Time { return time.Now().Add(-40 * 24 * time.Hour) })
	for _, user := range []collab.ID{"ada", "ben", "cleo"} {
		if _, err := past.Admit(t.Context(), collab.Claims{UserID: user, OrganizationID: "acme", Role: collab.RoleAdmin}); err != nil {
			t.Fatal(err)
		}
	}
	store.Close()
	settings["RETENTION"] = "30"
	began := time.Now()
	_, metricsAt := measured(t, settings)
	servertest.WantSeries(t, metricsAt, "tandem_retention_pruned_changes_total", 2) // the newest stays
	servertest.WantSeries(t, metricsAt, "tandem_retention_seconds", 30*24*60*60)
	eventually.True(t, "the log is pruned", func() bool {
		_, scrape := servertest.Get(t, metricsAt)
		return servertest.Value(scrape, "tandem_retention_last_success_timestamp_seconds") >= float64(began.Unix())
	})
}

// The region of an instance is in its metrics, and in each line of its log.
func TestRegionIsNamed(t *testing.T) {
	t.Parallel()
	settings := servertest.Embedded(t)
	settings["REGION"] = "eu-west-1"
	_, metricsAt := measured(t, settings)
	servertest.WantSeries(t, metricsAt, fmt.Sprintf("tandem_build_info{region=%q,version=%q}", "eu-west-1", server.Version()), 1)
	var lines bytes.Buffer
	log, err := server.NewLogger(config.Settings{LogLevel: "info", Region: "eu-west-1"}, &lines)
	if err != nil {
		t.Fatal(err)
	}
	log.Info("something happened")
	if !strings.Contains(lines.String(), " region=eu-west-1") {
		t.Errorf("no region in %s", lines.String())
	}
}
