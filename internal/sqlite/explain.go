package sqlite

import (
	"context"
	"regexp"
	"strings"
)

// hasPlan matches the statements that SQLite plans.
var hasPlan = regexp.MustCompile(`(?i)^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b`)

// Explain returns the plan of a statement, whatever its arguments, or "" if it has none. It does not run the statement. It opens a
// connection of its own, since those of the pools may be what is scarce.
func (s *Store) Explain(ctx context.Context, text string) (string, error) {
	if !hasPlan.MatchString(text) {
		return "", nil
	}
	db, err := connect(s.path, "rw", "deferred", "query_only(on)")
	if err != nil {
		return "", fault(ctx, err)
	}
	defer func() { _ = db.Close() }()
	rows, err := db.DB.QueryContext(ctx, "EXPLAIN QUERY PLAN "+text, make([]any, strings.Count(text, "?"))...)
	if err != nil {
		return "", fault(ctx, err)
	}
	defer func() { _ = rows.Close() }()
	var lines []string
	depth := make(map[int]int) // of each step, by its id
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			return "", fault(ctx, err)
		}
		depth[id] = depth[parent] + 1
		lines = append(lines, strings.Repeat("  ", depth[parent])+detail)
	}
	return strings.Join(lines, "\n"), fault(ctx, rows.Err())
}
