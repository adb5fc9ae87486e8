package postgres

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"tandem/internal/collab"
)

// tables are those with rows of organizations, those first that others refer to.
var tables = []string{"organizations", "users", "members", "entities", "log", "comments", "conflicts", "notifications", "grants", "audit",
	"search_state", "search_documents", "search_chunks"}

// columnOf is the column of a table that names the organization.
func columnOf(table string) string {
	if table == "organizations" {
		return "id"
	}
	return "org_id"
}

// populate writes at least one row of an organization into every table.
func populate(t *testing.T, s *Store, orgID collab.ID) {
	t.Helper()
	if err := prepare(t.Context(), s, orgID, "cus"); err != nil {
		t.Fatal(err)
	}
	intent := collab.Intent{OrgID: orgID, ActorID: "ann", EntityID: "cus", Audited: true}
	_, err := s.Write(t.Context(), intent, func(st *collab.State) (*collab.Decision, error) {
		d := rename(st.Entity)
		d.Comment = &collab.Comment{ID: "com", EntityID: "cus"}
		d.Conflict = &collab.Conflict{ID: "cfl", EntityID: "cus"}
		d.Grant = &collab.Grant{EntityID: "cus", UserID: "ann", Level: collab.AccessRead}
		d.Change.Notifications = []*collab.Notification{{ID: "ntf", UserID: "ann"}}
		d.Audit = []*collab.AuditEntry{{Action: collab.AuditDataErased, ActorID: "ann", SubjectID: "eve"}}
		return d, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Index(t.Context(), orgID, 1); err != nil {
		t.Fatal(err)
	}
}

// rowsOf returns all rows of an organization, by table.
func rowsOf(t *testing.T, s *Store, orgID collab.ID) map[string]string {
	t.Helper()
	rows := map[string]string{}
	for _, name := range tables {
		q := newQuery("SELECT COALESCE(string_agg(x::text, '; ' ORDER BY x::text), '') FROM "+name+" x WHERE x."+columnOf(name)+" = ?", orgID)
		err := forEachRow(t.Context(), s.forOrg(orgID), q, func(r row) error {
			var all string
			err := r.Scan(&all)
			rows[name] = all
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return rows
}

// eachUser runs a test as every kind of user that a server may connect as.
func eachUser(t *testing.T, test func(t *testing.T, database string)) {
	for name, database := range map[string]func(testing.TB) string{
		"owner": newDatabase, "superuser": newDatabaseOfSuperuser, "bypassing": newDatabaseOfBypassing,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, database(t))
		})
	}
}

// A statement that forgets its condition sees and touches nothing of another organization.
func TestForgottenConditions(t *testing.T) {
	t.Parallel()
	eachUser(t, func(t *testing.T, database string) {
		s, _ := open(t, database)
		populate(t, s, "acme")
		populate(t, s, "zeta")
		zeta := rowsOf(t, s, "zeta")
		for name, rows := range rowsOf(t, s, "acme") {
			if rows == "" || zeta[name] == "" {
				t.Errorf("nothing was written to %s", name)
			}
		}
		acme := s.forOrg("acme")
		for _, name := range slices.Backward(tables) {
			column := columnOf(name)
			all := number(t, acme, "SELECT COUNT(*) FROM "+name)
			own := number(t, acme, "SELECT COUNT(*) FROM "+name+" WHERE "+column+" = 'acme'")
			if all != own || own == 0 {
				t.Errorf("of %s, %d rows are seen, and %d are the organization's", name, all, own)
			}
			refused(t, acme, "INSERT INTO "+name+" SELECT (jsonb_populate_record(x, '{\""+column+"\": \"zeta\"}')).* FROM "+name+" x")
			refused(t, acme, "UPDATE "+name+" SET "+column+" = 'zeta'")
			touches(t, acme, own, "UPDATE "+name+" SET "+column+" = "+column)
			touches(t, acme, own, "DELETE FROM "+name)
		}
		if after := rowsOf(t, s, "zeta"); !maps.Equal(after, zeta) {
			t.Errorf("of the other organization there is %v; there was %v", after, zeta)
		}
	})
}

// A statement that says no organization sees and touches nothing, not even of an
// organization that has no name.
func TestForgottenOrganization(t *testing.T) {
	t.Parallel()
	eachUser(t, func(t *testing.T, database string) {
		s, _ := open(t, database)
		populate(t, s, "acme")
		acme := rowsOf(t, s, "acme")
		for _, name := range tables {
			for _, w := range []tenant{s.forOrg(noTenant), s.forOrg("nobody")} {
				if n := number(t, w, "SELECT COUNT(*) FROM "+name); n != 0 {
					t.Errorf("%d rows of %s are seen within %q", n, name, w.orgID)
				}
				touches(t, w, 0, "UPDATE "+name+" SET "+columnOf(name)+" = "+columnOf(name))
				touches(t, w, 0, "DELETE FROM "+name)
			}
		}
		refused(t, s.forOrg(noTenant), "INSERT INTO organizations (id, name, epoch) VALUES ('', '', 1)")
		refused(t, s.forOrg(noTenant), "INSERT INTO organizations (id, name, epoch) VALUES ('zeta', '', 1)")
		if after := rowsOf(t, s, "acme"); !maps.Equal(after, acme) {
			t.Errorf("there is %v; there was %v", after, acme)
		}
	})
}

// One connection serves organizations in turn, by statements that it prepared for
// the first. None of them is left said when its statement is over, or has failed.
func TestIdleConnectionHasNoTenant(t *testing.T) {
	t.Parallel()
	eachUser(t, func(t *testing.T, database string) {
		s, _ := open(t, database+"&pool_max_conns=1")
		populate(t, s, "acme")
		populate(t, s, "zeta")
		for range 10 { // more than the five after which Postgres may settle for one plan
			for _, orgID := range []collab.ID{"acme", "zeta", noTenant} {
				var seen []string
				scan := scanAll(&seen, scanColumn[string])
				q := newQuery("SELECT DISTINCT org_id FROM entities WHERE version > ?", 0)
				if err := errors.Join(forEachRow(t.Context(), s.forOrg(orgID), q, scan), s.forOrg(orgID).query(t.Context(), batchQuery{q, scan})); err != nil {
					t.Fatal(err)
				}
				want := []string{string(orgID), string(orgID)}
				if orgID == noTenant {
					want = nil
				}
				if !slices.Equal(seen, want) {
					t.Fatalf("within %q, entities of %q are seen", orgID, seen)
				}
				_, _ = s.forOrg(orgID).exec(t.Context(), newQuery("SELECT 1 / ?", 0))
				wantNothingSaid(t, s)
			}
		}
	})
}

// wantNothingSaid looks at a connection as no statement of the store does.
func wantNothingSaid(t *testing.T, s *Store) {
	t.Helper()
	var said string
	var isUser bool
	err := s.pool.QueryRow(t.Context(), "SELECT COALESCE(current_setting('tandem.org', true), ''), current_user = session_user").Scan(&said, &isUser)
	if err != nil || said != "" || !isUser {
		t.Fatalf("the connection is left within %q, as its user: %t, %v", said, isUser, err)
	}
}

// The setting that lists organizations shows their ids, and nothing else of them.
func TestOrganizationIDs(t *testing.T) {
	t.Parallel()
	eachUser(t, func(t *testing.T, database string) {
		s, _ := open(t, database)
		populate(t, s, "zeta")
		populate(t, s, "acme")
		ids, err := collect(t.Context(), s.forOrg(noTenant), newQuery("SELECT organization_ids()"), scanColumn[string])
		if err != nil || !slices.Equal(ids, []string{"acme", "zeta"}) {
			t.Errorf("the organizations are %v, %v", ids, err)
		}
		for _, call := range []string{"organization_ids()", "heads('{acme,zeta}')"} {
			var seen int
			err := s.forOrg(noTenant).query(t.Context(), batchQuery{newQuery("SELECT COUNT(*) FROM " + call), func(row) error { return nil }},
				batchQuery{newQuery("SELECT (SELECT COUNT(*) FROM organizations) + (SELECT COUNT(*) FROM log)"), func(r row) error { return r.Scan(&seen) }})
			if err != nil || seen != 0 {
				t.Errorf("after %s, %d rows are seen, %v", call, seen, err)
			}
		}
	})
}

// Every table with a column org_id is kept apart, so that none is added without it.
func TestTablesAreKeptApart(t *testing.T) {
	t.Parallel()
	s, _ := open(t, newDatabase(t))
	if open := openTables(t, s); len(open) > 0 {
		t.Errorf("row-level security does not keep %v apart; have their migration call keep_apart", open)
	}
	if _, err := s.pool.Exec(t.Context(), "CREATE TABLE news (org_id text NOT NULL)"); err != nil {
		t.Fatal(err)
	}
	if open := openTables(t, s); !slices.Equal(open, []string{"news"}) {
		t.Errorf("a table that is not kept apart is found among %v", open)
	}
	if _, err := s.pool.Exec(t.Context(), "SELECT keep_apart('news')"); err != nil {
		t.Fatal(err)
	}
	if open := openTables(t, s); len(open) > 0 {
		t.Errorf("keep_apart leaves %v", open)
	}
}

// openTables are the tables with rows of organizations that have more policies than
// the one of keep_apart, or not that one, or whose owner is exempt from it.
func openTables(t *testing.T, s *Store) []string {
	t.Helper()
	open, err := collect(t.Context(), s.forOrg(noTenant), newQuery(`SELECT c.relname::text FROM pg_class c
		WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
		AND (c.relname = 'organizations' OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'org_id'))
		AND NOT (c.relrowsecurity AND c.relforcerowsecurity
			AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'apart' AND p.polcmd = '*' AND p.polwithcheck IS NULL
				AND pg_get_expr(p.polqual, p.polrelid) ~ '^\((org_id|id) = NULLIF\(current_setting\(''tandem.org''::text, true\), ''''::text\)\)$')
			AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname <> 'apart'
				AND NOT (c.relname IN ('organizations', 'jobs') AND p.polname = 'listing' AND p.polcmd = 'r')))`),
		scanColumn[string])
	if err != nil {
		t.Fatal(err)
	}
	return open
}

// number returns what that a statement counts.
func number(t *testing.T, w tenant, text string) int {
	t.Helper()
	n, err := count(t.Context(), w, newQuery(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return n
}

// touches wants a statement to touch a number of rows.
func touches(t *testing.T, w tenant, want int, text string) {
	t.Helper()
	if n, err := w.exec(t.Context(), newQuery(text)); err != nil || n != want {
		t.Errorf("%s touches %d rows, not %d, %v", text, n, want, err)
	}
}

// refused wants row-level security to refuse a statement.
func refused(t *testing.T, w tenant, text string) {
	t.Helper()
	_, err := w.exec(t.Context(), newQuery(text))
	if e, ok := errors.AsType[*pgconn.PgError](err); !ok || e.Code != "42501" || !strings.Contains(e.Message, "row-level security") {
		t.Errorf("%s answers %v", text, err)
	}
}
