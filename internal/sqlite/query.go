package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"

	"tandem/internal/collab"
)

// A query is a statement under construction, together with its arguments.
type query struct {
	text strings.Builder
	args []any
}

func newQuery(text string, args ...any) *query {
	return new(query).add(text, args...)
}

// A column is an argument that becomes the name of a column in the statement's text.
type column string

// add appends text in which each ? stands for the next of args. A time becomes
// what its column holds.
func (q *query) add(text string, args ...any) *query {
	for _, arg := range args {
		before, after, _ := strings.Cut(text, "?")
		q.text.WriteString(before)
		text = after
		if name, is := arg.(column); is {
			q.text.WriteString(string(name))
			continue
		}
		q.text.WriteString("?")
		q.args = append(q.args, value(arg))
	}
	q.text.WriteString(text)
	return q
}

// value is an argument as the driver takes it.
func value(arg any) any {
	switch arg := arg.(type) {
	case collab.Time:
		return arg.UnixMilli()
	case *collab.Time:
		if arg == nil {
			return nil
		}
		return arg.UnixMilli()
	case []byte: // JSON is text
		if arg == nil {
			return nil
		}
		return string(arg)
	}
	return arg
}

// list is an argument that stands for a table of one column, named value.
func list[T ~string | ~int](values []T) string {
	encoded, _ := json.Marshal(values) // strings and numbers always encode
	return string(encoded)
}

// rows is an argument of several rows, for json_each.
func rows(rows [][]any) string {
	encoded, _ := json.Marshal(rows) // as list
	return string(encoded)
}

// oneOf narrows to rows whose column is one of values. No values do not narrow.
func oneOf[T ~string](q *query, column string, values []T) {
	if len(values) > 0 {
		q.add(" AND "+column+" IN (SELECT value FROM json_each(?))", list(values))
	}
}

// among narrows to rows whose column is one of values. Nil does not narrow; no values leave no rows.
func among[T ~string](q *query, column string, values []T) {
	if values != nil {
		q.add(" AND "+column+" IN (SELECT value FROM json_each(?))", list(values))
	}
}

// equal narrows to rows whose column is value. Nil does not narrow.
func equal[T ~string](q *query, column string, value *T) {
	if value != nil {
		q.add(" AND "+column+" = ?", string(*value))
	}
}

// A row is what a scan function reads.
type row interface{ Scan(dest ...any) error }

// withColumnsBefore is a row with additional columns before those that its scan function reads.
type withColumnsBefore struct {
	row
	before []any
}

// Scan reads the additional columns, then the others.
func (s withColumnsBefore) Scan(dest ...any) error { return s.row.Scan(append(s.before, dest...)...) }

// withColumnsAfter is a row with additional columns after those that its scan function reads.
type withColumnsAfter struct {
	row
	more []any
}

// Scan reads the known columns, then the additional ones.
func (l withColumnsAfter) Scan(dest ...any) error { return l.row.Scan(append(dest, l.more...)...) }

// A querier is the store's readers or a transaction.
type querier interface {
	enter(ctx context.Context) (leave func(), err error)
	ran(ctx context.Context, text string, began time.Time, err error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// A batchQuery is a query and a function that stores each of its rows.
type batchQuery struct {
	*query
	scan func(row) error
}

// query runs queries, one after the other, in one snapshot.
func (s *Store) query(ctx context.Context, queries ...batchQuery) error {
	tx, err := s.readers.begin(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.end()
	return answer(ctx, tx, queries)
}

// answer runs queries in a transaction.
func answer(ctx context.Context, tx *transaction, queries []batchQuery) error {
	for _, q := range queries {
		if err := forEachRow(ctx, tx, q.query, q.scan); err != nil {
			return err
		}
	}
	return nil
}

// scanAll returns a scan function that appends the result of scan to list.
func scanAll[T any](list *[]T, scan func(row) (T, error)) func(row) error {
	return func(r row) error {
		one, err := scan(r)
		if err == nil {
			*list = append(*list, one)
		}
		return err
	}
}

// scanColumn reads a row that has one column.
func scanColumn[T any](r row) (value T, err error) {
	err = r.Scan(&value)
	return value, err
}

// scanOne returns a scan function that stores the result of scan in place.
func scanOne[T any](place *T, scan func(row) (T, error)) func(row) error {
	return func(r row) (err error) {
		*place, err = scan(r)
		return err
	}
}

// forEachRow runs q and passes its rows to scan, one by one.
func forEachRow(ctx context.Context, db querier, q *query, scan func(row) error) error {
	leave, err := db.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	began := time.Now()
	err = scanRows(ctx, db, q, scan)
	db.ran(ctx, q.text.String(), began, err)
	return err
}

func scanRows(ctx context.Context, db querier, q *query, scan func(row) error) error {
	rows, err := db.QueryContext(ctx, q.text.String(), q.args...)
	if err != nil {
		return fault(ctx, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fault(ctx, err)
		}
	}
	return fault(ctx, rows.Err())
}

// collect runs q and returns what scan made of its rows.
func collect[T any](ctx context.Context, db querier, q *query, scan func(row) (T, error)) ([]T, error) {
	var all []T
	if err := forEachRow(ctx, db, q, scanAll(&all, scan)); err != nil {
		return nil, err
	}
	return all, nil
}

// collectByID is collect, with the results by their ids.
func collectByID[T any](ctx context.Context, db querier, q *query, scan func(row) (T, error), id func(T) collab.ID) (map[collab.ID]T, error) {
	all := map[collab.ID]T{}
	err := forEachRow(ctx, db, q, func(r row) error {
		found, err := scan(r)
		if err == nil {
			all[id(found)] = found
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// count runs q, which has one row of one number.
func count(ctx context.Context, db querier, q *query) (int, error) {
	var n int
	err := forEachRow(ctx, db, q, func(r row) error { return r.Scan(&n) })
	return n, err
}

// countByID runs q, whose rows are an id and a number.
func countByID(ctx context.Context, db querier, q *query) (map[collab.ID]int, error) {
	counts := map[collab.ID]int{}
	err := forEachRow(ctx, db, q, func(r row) error {
		var id collab.ID
		var n int
		err := r.Scan(&id, &n)
		counts[id] = n
		return err
	})
	if err != nil {
		return nil, err
	}
	return counts, nil
}

// exec runs q as a write of its own in an organization, and returns how many rows it touched.
func (s *Store) exec(ctx context.Context, orgID collab.ID, q *query) (int, error) {
	n, err := s.writer.exec(ctx, writing(ctx, orgID, ""), q.text.String(), q.args...)
	return int(n), err
}
