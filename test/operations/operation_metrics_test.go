package operations_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// measured starts an instance with metrics, and returns it with a member and the address of the metrics.
func measured(t *testing.T, settings map[string]string) (ada *servertest.Person, metricsAt string) {
	t.Helper()
	settings["METRICS_ADDR"] = servertest.FreeAddress(t)
	at := servertest.Start(t, settings)
	return servertest.Join(t, at, "acme", "ada", collab.RoleMember), "http://" + settings["METRICS_ADDR"] + "/metrics"
}

// timed is the number of operations that were timed with some labels.
func timed(operation, kind, over, status string) string {
	return fmt.Sprintf("tandem_operation_duration_seconds_count{operation=%q,status=%q,transport=%q,type=%q}", operation, status, over, kind)
}

// ranOut is a cursor of a log that is not there.
var ranOut = servertest.Object{"after": collab.Cursor{Epoch: 1, Position: 1}.String()}

func TestOperationsAreTimedByNameAndTransport(t *testing.T) {
	t.Parallel()
	ada, metricsAt := measured(t, servertest.Embedded(t))
	const unnamed = `{ viewer { role } }`
	ada.Ask(`query Role { viewer { role } }`, nil)
	ada.Ask(unnamed, nil)
	ada.Ask(`query Poll { changes(first: 0) { endCursor } }`, nil)
	ada.Send(`query Old($after: Cursor!) { changes(after: $after) { endCursor } }`, ranOut)
	ada.Ask(`mutation Hide { setPresenceHidden(hidden: true) { role } }`, nil)
	socket := ada.Connect()
	socket.Subscribe("1", `query Role { viewer { role } }`, nil)
	socket.Next("1")
	const follow = `subscription Follow($after: Cursor) { customerChanged(after: $after) { cursor } }`
	for _, wire := range servertest.Wires {
		wire.Subscribe(ada, follow, ranOut).WantEnd("error", "RESYNC_REQUIRED")
	}
	for series, want := range map[string]float64{
		timed("Role", "query", "http", "ok"):                                   1,
		timed("Role", "query", "websocket", "ok"):                              1,
		timed("sha256:"+servertest.Hash(unnamed)[:12], "query", "http", "ok"):  1,
		timed("Poll", "query", "polling", "ok"):                                1,
		timed("Old", "query", "polling", "refused"):                            1,
		timed("Hide", "mutation", "http", "ok"):                                1,
		timed("Follow", "subscription", "websocket", "refused"):                1,
		timed("Follow", "subscription", "sse", "refused"):                      float64(len(servertest.Wires) - 1),
		`tandem_resumes_total{outcome="resync"}`:                               float64(len(servertest.Wires)),
		`tandem_resumes_total{outcome="resumed"}`:                              0,
		`tandem_fields_total{field="viewer",type="query"}`:                     3,
		`tandem_fields_total{field="changes",type="query"}`:                    2,
		`tandem_fields_total{field="customerChanged",type="subscription"}`:     float64(len(servertest.Wires)),
		`tandem_fields_total{field="setPresenceHidden",type="mutation"}`:       1,
		`tandem_fields_total{field="resolveCustomerConflict",type="mutation"}`: 0,
		`tandem_fields_total{field="markNotificationsRead",type="mutation"}`:   0,
		`tandem_changes_total{type="CREATE"}`:                                  0,
	} {
		servertest.WantSeries(t, metricsAt, series, want)
	}
}

// A fault of the server counts as failed, for a client that is still there to see it.
func TestFailedOperationsAreCounted(t *testing.T) {
	t.Parallel()
	settings := servertest.Shared(t)
	ada, metricsAt := measured(t, settings)
	loseEntities(t, settings["DATABASE_URL"])
	const read = `query Read { customers(first: 1) { nodes { id } } }`
	servertest.Want(t, "code", ada.Code(read, nil), "INTERNAL")
	servertest.Want(t, "code", ada.Code(`mutation Write { createCustomer(input: {name: "Acme"}) { __typename } }`, nil), "INTERNAL")
	ada.Connect().Subscribe("1", read, nil)
	for _, series := range []string{timed("Read", "query", "http", "failed"), timed("Write", "mutation", "http", "failed"), timed("Read", "query", "websocket", "failed")} {
		servertest.WantSeries(t, metricsAt, series, 1)
	}
}

// loseEntities takes the table of the entities away, so that operations on them fail.
func loseEntities(t *testing.T, database string) {
	t.Helper()
	db, err := sql.Open("pgx", database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), "ALTER TABLE entities RENAME TO lost_entities"); err != nil {
		t.Fatal(err)
	}
}

// A client can neither add labels without end nor hide the operations that were there before.
func TestOperationNamesAreBounded(t *testing.T) {
	t.Parallel()
	ada, metricsAt := measured(t, servertest.Embedded(t))
	ada.Ask(`query First { viewer { role } }`, nil)
	const names, known = 150, 100
	for i := range names {
		ada.Ask(fmt.Sprintf(`query Made%d { viewer { role } }`, i), nil)
		ada.Send(fmt.Sprintf(`query Invalid%d { nothing }`, i), nil)
	}
	ada.Ask(`query First { viewer { role } }`, nil)
	servertest.WantSeries(t, metricsAt, timed("other", "query", "http", "ok"), names-(known-1))
	servertest.WantSeries(t, metricsAt, timed("First", "query", "http", "ok"), 2)
	_, scrape := servertest.Get(t, metricsAt)
	labels := map[string]bool{}
	for _, found := range regexp.MustCompile(`operation="([^"]*)"`).FindAllStringSubmatch(scrape, -1) {
		labels[found[1]] = true
	}
	servertest.Want(t, "labels", len(labels), known+1)
	if strings.Contains(scrape, "Invalid") {
		t.Error("an operation that could not run has a label")
	}
}

func TestRefusedSignInsAreCountedByReason(t *testing.T) {
	t.Parallel()
	ada, metricsAt := measured(t, servertest.Embedded(t))
	ask := func(authorization map[string]string) {
		t.Helper()
		servertest.Knock(t, http.MethodGet, ada.At.URL+"/graphql?query={viewer{role}}", "", authorization).Want(http.StatusUnauthorized)
	}
	ask(nil)
	ask(map[string]string{"Authorization": "Bearer nonsense"})
	ask(map[string]string{"Authorization": "Bearer " + ada.Until("ada", "acme", time.Now().Add(-time.Hour)).Token})
	root := servertest.Join(t, ada.At, "acme", "root", collab.RoleAdmin)
	ada.Ask(`{ viewer { role } }`, nil)
	root.Ask(`mutation { removeMember(userId: "ada") }`, nil)
	servertest.Want(t, "code", ada.Code(`{ viewer { role } }`, nil), "FORBIDDEN")
	for reason, want := range map[string]float64{"missing": 1, "invalid": 1, "expired": 1, "removed": 1, "elsewhere": 0, "claims": 0} {
		servertest.WantSeries(t, metricsAt, fmt.Sprintf(`tandem_sign_ins_refused_total{reason=%q}`, reason), want)
	}
}
