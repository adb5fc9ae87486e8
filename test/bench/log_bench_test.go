package bench_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tandem/internal/collab"
)

const (
	loggedFirms   = 8
	loggedChanges = 3_000 // of each firm
	loggedDays    = 60    // over which they are spread
	keptDays      = 30
)

// A logLayout is a way to keep the log in Postgres.
type logLayout struct {
	name string
	// key is by what the log is partitioned; "" for one table.
	key string
	// unique is what unique indexes need besides.
	unique string
	// part describes the partition n of parts.
	parts int
	part  func(n int) string
}

func day(n int) string { return time.Now().AddDate(0, 0, n-loggedDays).Format(time.DateOnly) }

var logLayouts = []logLayout{
	{name: "one-table"},
	{name: "60-by-day", key: "RANGE (occurred_at)", unique: ", occurred_at", parts: loggedDays + 2, part: func(n int) string {
		return fmt.Sprintf("FOR VALUES FROM ('%s') TO ('%s')", day(n), day(n+1))
	}},
	{name: "16-by-organization", key: "HASH (org_id)", parts: 16, part: func(n int) string {
		return fmt.Sprintf("FOR VALUES WITH (MODULUS 16, REMAINDER %d)", n)
	}},
}

// BenchmarkLogLayouts measures what the layouts of the log cost: what people wait for, and what removes the older half.
// Of decision 0154.
func BenchmarkLogLayouts(b *testing.B) {
	for _, layout := range logLayouts {
		b.Run(layout.name, func(b *testing.B) {
			store, database := benchStore(b, "postgres")
			l := &loggedWork{b: b, store: store, database: database}
			for range loggedFirms {
				f := newFirm(b, store)
				f.now = time.Now().AddDate(0, 0, -loggedDays)
				l.ada = f.admit("ada", collab.RoleAdmin)
				f.now = time.Now()
				l.firms = append(l.firms, f)
			}
			l.lay(layout)
			l.fill()
			l.measure(layout)
		})
	}
}

// A loggedWork is what is measured of one layout.
type loggedWork struct {
	b        *testing.B
	store    collab.Store
	database string
	firms    []*firm
	ada      *collab.Viewer // of the last firm
}

// as runs a statement in the organization of a firm.
func (l *loggedWork) as(f *firm, text string, args ...any) {
	l.b.Helper()
	conn, err := pgx.Connect(l.b.Context(), l.database)
	if err != nil {
		l.b.Fatal(err)
	}
	defer func() { _ = conn.Close(l.b.Context()) }()
	if f != nil {
		if _, err := conn.Exec(l.b.Context(), "SELECT set_config('tandem.org', $1, false)", f.orgID); err != nil {
			l.b.Fatal(err)
		}
	}
	if _, err := conn.Exec(l.b.Context(), text, args...); err != nil {
		l.b.Fatal(err)
	}
}

// lay gives the log another layout, with the same indexes.
func (l *loggedWork) lay(layout logLayout) {
	if layout.key == "" {
		return
	}
	conn, err := pgx.Connect(l.b.Context(), l.database)
	if err != nil {
		l.b.Fatal(err)
	}
	defer func() { _ = conn.Close(l.b.Context()) }()
	rows, _ := conn.Query(l.b.Context(), "SELECT indexdef FROM pg_indexes WHERE tablename = 'log'")
	indexes, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		l.b.Fatal(err)
	}
	l.as(nil, "ALTER TABLE log RENAME TO whole_log")
	l.as(nil, "CREATE TABLE log (LIKE whole_log INCLUDING DEFAULTS) PARTITION BY "+layout.key)
	l.as(nil, "DROP TABLE whole_log")
	for n := range layout.parts {
		l.as(nil, fmt.Sprintf("CREATE TABLE log_%d PARTITION OF log %s", n, layout.part(n)))
	}
	for _, index := range indexes {
		if strings.Contains(index, "UNIQUE") {
			index = strings.Replace(index, ")", layout.unique+")", 1)
		}
		l.as(nil, index)
	}
	l.as(nil, "SELECT keep_apart('log')")
}

// fill writes the changes of all firms, in the order of time.
func (l *loggedWork) fill() {
	const chunk = loggedChanges / 20
	for from := 1; from < loggedChanges; from += chunk {
		for _, f := range l.firms {
			l.as(f, `INSERT INTO log (org_id, position, type, entity_type, entity_id, entity_version, customer_id, actor_id, client_mutation_id, merged,
				occurred_at, changes, snapshot) SELECT $1, o.head + n, 'UPDATE', 'CUSTOMER', 'cus' || n % 500, n / 500, 'cus' || n % 500, 'ada', md5(n || $1), FALSE,
				now() - interval '1 day' * $4 * (1 - n / $5::float), '[{"field":"notes","oldValue":null,"newValue":"called"}]',
				json_build_object('id', 'cus' || n % 500, 'version', n / 500, 'fields', json_build_object('name', repeat(md5(n::text), 16)))
				FROM organizations o, generate_series($2::bigint, $3::bigint) AS n WHERE o.id = $1`, f.orgID, from, from+chunk-1, loggedDays, loggedChanges)
		}
	}
	for _, f := range l.firms {
		l.as(f, "UPDATE organizations SET head = head + $2 WHERE id = $1", f.orgID, loggedChanges)
	}
	l.as(nil, "VACUUM ANALYZE")
}

func (l *loggedWork) measure(layout logLayout) {
	f, ctx := l.firms[loggedFirms-1], l.b.Context()
	saved, err := f.Create(ctx, l.ada, collab.Create{Type: collab.TypeCustomer, Document: collab.Patch{"name": "Aalto Oy"}})
	if err != nil {
		l.b.Fatal(err)
	}
	update := func(n int) error {
		f.now = f.now.Add(time.Millisecond)
		_, err := f.Update(ctx, l.ada, collab.Update{
			Type: collab.TypeCustomer, ID: saved.Entity.Common().ID, BaseVersion: n + 1,
			ClientMutationID: new(collab.ID(fmt.Sprint("mutation", n))), Patch: collab.Patch{"name": fmt.Sprint("Aalto ", n)},
		})
		return err
	}
	l.time("write", update)
	l.time("repeated-write", update)
	l.time("read-64", func(n int) error {
		_, err := l.store.Changes(ctx, l.firms[n%loggedFirms].orgID, int64(n%40)*60, 64)
		return err
	})
	l.time("heads", func(n int) error {
		_, err := l.store.Heads(ctx, []collab.ID{l.firms[n%loggedFirms].orgID})
		return err
	})
	l.measurePruning(layout)
}

// measurePruning removes what is older than keptDays, and vacuums.
func (l *loggedWork) measurePruning(layout logLayout) {
	changes := loggedFirms * loggedChanges * (loggedDays - keptDays) / loggedDays
	used := measureCPU(l.b, l.database)
	if layout.unique != "" {
		for n := range keptDays {
			l.as(nil, fmt.Sprintf("DROP TABLE log_%d", n))
		}
	} else if pruned, err := l.firms[0].Prune(l.b.Context(), keptDays*24*time.Hour); err != nil || pruned < changes*9/10 {
		l.b.Fatal(pruned, err)
	}
	conn, err := pgx.Connect(l.b.Context(), l.database) // it is open until its processor time is read
	if err != nil {
		l.b.Fatal(err)
	}
	defer func() { _ = conn.Close(l.b.Context()) }()
	if _, err := conn.Exec(l.b.Context(), "VACUUM log"); err != nil {
		l.b.Fatal(err)
	}
	l.b.ReportMetric(float64(used.used(l.b).Microseconds())/float64(changes), "cpu-µs/pruned")
}

// time reports the processor time of a piece of work.
func (l *loggedWork) time(what string, do func(n int) error) {
	const times = 500
	used := measureCPU(l.b, l.database)
	for n := range times {
		if err := do(n); err != nil {
			l.b.Fatal(what, err)
		}
	}
	l.b.ReportMetric(float64(used.used(l.b).Microseconds())/float64(times), "cpu-µs/"+what)
}
