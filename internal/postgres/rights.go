package postgres

import (
	"context"
	"fmt"
	"io/fs"
	"regexp"

	"github.com/jackc/pgx/v5/pgxpool"
)

// createdTable finds the tables that migrations create.
var createdTable = regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`)

// tableNames returns the tables of the store.
func tableNames() (names []string, err error) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	for _, file := range files {
		text, err := migrations.ReadFile(file)
		if err != nil {
			return nil, err
		}
		for _, found := range createdTable.FindAllSubmatch(text, -1) {
			names = append(names, string(found[1]))
		}
	}
	return names, err
}

// readRights finds the rights on tables that a role lacks: the one to which transactions switch if $2 is true, otherwise the user.
const readRights = `SELECT role.name, COALESCE(string_agg(DISTINCT wanted.name, ', '), ''), COALESCE(string_agg(DISTINCT t.name, ', '), ''),
		COUNT(DISTINCT t.name), COALESCE(quote_ident(current_schema()), '')
	FROM (SELECT CASE WHEN $2 THEN 'tandem_server' ELSE current_user::text END) AS role (name)
	LEFT JOIN unnest($1::text[]) AS t (name) CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS wanted (name)
		ON NOT has_table_privilege(role.name, to_regclass(t.name), wanted.name)
	GROUP BY role.name`

// A rightsError is that a role may not do all that the store does. It is a sentence for the operator.
type rightsError struct{ role, rights, tables, grantOn string }

func (e *rightsError) Error() string {
	return fmt.Sprintf("the user %q lacks rights on tables (%s on %s); as the owner of the tables run: GRANT %[2]s ON %[4]s TO %[1]q", e.role, e.rights, e.tables, e.grantOn)
}

// checkRights is a rightsError if the role that enter gives to transactions can't read and write all tables. It passes over
// tables that do not exist.
func checkRights(ctx context.Context, pool *pgxpool.Pool, enter string) error {
	names, err := tableNames()
	if err != nil {
		return err
	}
	var lacking int
	var missing rightsError
	var schema string
	err = pool.QueryRow(ctx, readRights, names, enter == enterAsRole).Scan(&missing.role, &missing.rights, &missing.tables, &lacking, &schema)
	if err != nil || lacking == 0 {
		return err
	}
	missing.grantOn = missing.tables
	if lacking == len(names) {
		missing.tables, missing.grantOn = "all of them", "ALL TABLES IN SCHEMA "+schema
	}
	return &missing
}
