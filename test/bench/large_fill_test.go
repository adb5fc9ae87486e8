//go:build large

package bench_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/ncruces/go-sqlite3/driver"

	"tandem/internal/collab"
	"tandem/internal/collabtest"
	"tandem/internal/postgres"
	"tandem/internal/servertest"
	"tandem/internal/sqlite"
)

// words are the words that names consist of.
var words = strings.Fields(`Alpen Adler Anker Bach Berg Birke Blau Brunnen Eiche Falke Feld Fluss Forst Garten Glas Gold Grün Hafen Heide Insel
	Kraft Krone Kupfer Licht Linde Mühle Morgen Nord Ost Perle Quell Rabe Regen Rosen Sand Silber Sonnen Stein Stern Strom Süd Tal Turm Ufer Wald Weiß West Wind Wolf Ziegel`)

// largeCustomer is the nth customer of an organization.
func largeCustomer(n int) *collab.Customer {
	word := func(i int) string { return words[i%len(words)] }
	name := word(n) + strings.ToLower(word(n/50)) + " " + word(n/2500+7*n)
	switch {
	case n == 123_456:
		name = "Xylophonwerk"
	case n%400 == 7:
		name += " Nordlicht"
	case n%50 == 9:
		name += " Südwind"
	}
	if n%2 == 0 {
		name += " GmbH"
	}
	at := collab.At(time.Date(2026, 1, 1, 0, 0, n, 0, time.UTC))
	c := &collab.Customer{
		Record: collab.Record{ID: collab.ID(fmt.Sprintf("cus_%08d", n)), Type: collab.TypeCustomer, Version: 1,
			CreatedBy: "ada", CreatedAt: at, UpdatedBy: "ada", UpdatedAt: at},
		CustomerFields: collab.CustomerFields{
			Name: name, Email: new(fmt.Sprintf("info%d@%s.example", n, strings.ToLower(word(n)))), Phone: new(fmt.Sprintf("+49 30 %07d", n*7919%10_000_000)),
			Company: new(word(n/7) + " Holding"), Status: []collab.CustomerStatus{collab.CustomerLead, collab.CustomerActive, collab.CustomerChurned}[n%3],
			OwnerID: new([]collab.ID{"ada", "ben"}[n%2]), Tags: []string{word(n / 3)}, Visibility: collab.VisibleToOrganization,
		},
	}
	if n%100 == 0 {
		c.Visibility, c.OwnerID = collab.VisibleRestricted, new(collab.ID("ada"))
	}
	return c
}

// entityColumns and logColumns are the columns that rows fills, in its order.
var (
	entityColumns = strings.Fields("org_id id type version position owner_id customer_id status visibility created_by created_at updated_at name_key data search")
	logColumns    = strings.Fields("org_id position type entity_type entity_id entity_version customer_id actor_id merged occurred_at changes snapshot")
)

// fillLarge writes an organization: it first creates the customers, then changes or views all of them in turn. log
// and entity each write one row of their table.
func fillLarge(orgID string, customers, changes int, at func(collab.Time) any, text func([]byte) any, log, entity func(row []any) error) error {
	position := 0
	note := func(c *collab.Customer, t collab.ChangeType) error {
		position++
		snapshot, err := collab.EncodeEntity(c)
		if err != nil {
			return err
		}
		var kept, fields any
		if t != collab.ChangeView {
			kept, fields = text(snapshot), text([]byte(`[{"field":"notes","oldValue":null,"newValue":"called"}]`))
		}
		return log([]any{orgID, position, string(t), "CUSTOMER", string(c.ID), c.Version, string(c.ID), "ada", false, at(c.UpdatedAt), fields, kept})
	}
	last := make([]int, customers)
	version := make([]int, customers)
	for n := range changes {
		c, t := largeCustomer(n%customers), collab.ChangeCreate
		switch {
		case n >= customers && n%10 == 0:
			t = collab.ChangeView
		case n >= customers:
			t = collab.ChangeUpdate
		}
		if t != collab.ChangeView {
			version[n%customers]++
			last[n%customers] = n + 1
		}
		c.Version = version[n%customers]
		c.UpdatedAt = collab.At(c.CreatedAt.Add(time.Duration(n) * time.Second))
		if err := note(c, t); err != nil {
			return err
		}
	}
	for n := range customers {
		c := largeCustomer(n)
		c.Version, c.UpdatedAt = version[n], collab.At(c.CreatedAt.Add(time.Duration(last[n]-1)*time.Second))
		snapshot, err := collab.EncodeEntity(c)
		if err != nil {
			return err
		}
		err = entity([]any{orgID, string(c.ID), "CUSTOMER", c.Version, last[n], string(*c.OwnerID), string(c.ID), string(c.Status), string(c.Visibility), "ada",
			at(c.CreatedAt), at(c.UpdatedAt), collab.NameKey(c.Name), text(snapshot), c.SearchText()})
		if err != nil {
			return err
		}
	}
	return nil
}

// founded creates the organizations and people of a store.
func founded(t *testing.T, store collab.Store) {
	t.Helper()
	for _, c := range []collab.Claims{
		{UserID: "ada", OrganizationID: "large", Role: collab.RoleAdmin, Name: "Ada"}, {UserID: "ben", OrganizationID: "large", Role: collab.RoleMember, Name: "Ben"},
		{UserID: "sue", OrganizationID: "small", Role: collab.RoleMember, Name: "Sue"},
	} {
		if _, err := collabtest.Join(t.Context(), store, c, collab.At(time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC))); err != nil {
			t.Fatal(err)
		}
	}
}

// settled are the statements that run after the rows are written.
var settled = []string{
	"DELETE FROM log WHERE type = 'MEMBER'",
	"UPDATE organizations SET head = (SELECT MAX(position) FROM log WHERE log.org_id = organizations.id), restricts = (id = 'large')",
	"UPDATE members SET insider = (user_id = 'ben')",
}

func fillSQLite(t *testing.T) (map[string]string, collab.Store) {
	path := filepath.Join(t.TempDir(), "large.db")
	store, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	founded(t, store)
	db, err := driver.Open("file:" + path + "?_pragma=synchronous(off)&_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{"DELETE FROM log"} {
		if _, err := tx.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	insert := func(table string, columns []string) func([]any) error {
		statement, err := tx.Prepare("INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(columns)-1) + ")")
		if err != nil {
			t.Fatal(err)
		}
		return func(row []any) error { _, err := statement.Exec(row...); return err }
	}
	log, entity := insert("log", logColumns), insert("entities", entityColumns)
	at, text := func(at collab.Time) any { return at.UnixMilli() }, func(b []byte) any { return string(b) }
	for orgID, size := range map[string][2]int{"large": {largeCustomers, largeChanges}, "small": {smallCustomers, smallCustomers}} {
		if err := fillLarge(orgID, size[0], size[1], at, text, log, entity); err != nil {
			t.Fatal(err)
		}
	}
	finish(t, tx)
	return map[string]string{"DATABASE_URL": "sqlite:" + path}, store
}

func finish(t *testing.T, tx *sql.Tx) {
	t.Helper()
	for _, statement := range settled {
		if _, err := tx.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

func fillPostgres(t *testing.T) (map[string]string, collab.Store) {
	settings := servertest.Shared(t)
	delete(settings, "REDIS_URL")
	store, err := postgres.Open(t.Context(), settings["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	founded(t, store)
	config, err := pgx.ParseConfig(servertest.Service(t, "TEST_POSTGRES_SUPERUSER_URL"))
	if err != nil {
		t.Fatal(err)
	}
	own, err := pgx.ParseConfig(settings["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	config.Database = own.Database
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	run := func(statement string) {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	run("DELETE FROM log")
	at, text := func(at collab.Time) any { return at.Time }, func(b []byte) any { return json.RawMessage(b) }
	for orgID, size := range map[string][2]int{"large": {largeCustomers, largeChanges}, "small": {smallCustomers, smallCustomers}} {
		buffers := map[string][][]any{}
		flush := func(table string, columns []string, least int) error {
			if len(buffers[table]) < least {
				return nil
			}
			_, err := conn.CopyFrom(t.Context(), pgx.Identifier{table}, columns, pgx.CopyFromRows(buffers[table]))
			buffers[table] = buffers[table][:0]
			return err
		}
		insert := func(table string, columns []string) func([]any) error {
			return func(row []any) error {
				buffers[table] = append(buffers[table], row)
				return flush(table, columns, 10_000)
			}
		}
		err := fillLarge(orgID, size[0], size[1], at, text, insert("log", logColumns), insert("entities", entityColumns))
		if err != nil {
			t.Fatal(err)
		}
		for table, columns := range map[string][]string{"log": logColumns, "entities": entityColumns} {
			if err := flush(table, columns, 1); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, statement := range settled {
		run(statement)
	}
	run("VACUUM ANALYZE")
	return settings, store
}
