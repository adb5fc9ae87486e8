package postgres

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// A statement has a plan with placeholders, within row-level security, also behind a pooler. Its session has no more prepared statements
// afterwards, whether there was a plan or not.
func TestExplain(t *testing.T) {
	for name, database := range map[string]string{
		"direct": newDatabase(t), "superuser": newDatabaseOfSuperuser(t), "pooler": pooled(t), "superuser behind a pooler": pooledSuperuser(t),
	} {
		t.Run(name, func(t *testing.T) {
			store, err := Open(t.Context(), database)
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close()
			for text, want := range map[string]string{
				"SELECT data FROM entities WHERE org_id = $1 AND id = ANY($2) LIMIT 3": "current_setting('tandem.org'",
				"UPDATE entities SET data = $1 WHERE org_id = $2":                      "Update on entities",
				"BEGIN": "",
			} {
				plan, err := store.Explain(t.Context(), text)
				if err != nil || !strings.Contains(plan, want) || (plan == "") != (want == "") {
					t.Errorf("the plan of %s is %q, %v", text, plan, err)
				}
			}
			if _, err := store.Explain(t.Context(), "SELECT nothing FROM nowhere"); err == nil {
				t.Error("a statement that can't be prepared has a plan")
			}
			wantNoPrepared(t, database)
		})
	}
}

// wantNoPrepared requires that a new session, which behind a pooler is one of before, has no statement of Explain.
func wantNoPrepared(t *testing.T, database string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	var left int
	const count = "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'tandem\\_%'"
	if err := conn.QueryRow(t.Context(), count, pgx.QueryExecModeSimpleProtocol).Scan(&left); err != nil || left > 0 {
		t.Errorf("%d prepared statements are left, %v", left, err)
	}
}
