package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

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

// add appends text in which each ? stands for the next of args. A time becomes
// what its column holds.
func (q *query) add(text string, args ...any) *query {
	q.text.WriteString(text)
	for _, arg := range args {
		q.args = append(q.args, value(arg))
	}
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

// oneOf narrows to rows whose column is one of values. No values do not narrow.
func oneOf[T ~string](q *query, column string, values []T) {
	if len(values) > 0 {
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

// A shifted row has columns before those that its scan function knows of.
type shifted struct {
	row
	before []any
}

// Scan reads the columns before, then those that are known.
func (s shifted) Scan(dest ...any) error { return s.row.Scan(append(s.before, dest...)...) }

// A longer row has more columns than its scan function knows of.
type longer struct {
	row
	more []any
}

// Scan reads the columns that are known, then the others.
func (l longer) Scan(dest ...any) error { return l.row.Scan(append(dest, l.more...)...) }

// A querier is the store's readers or a transaction.
type querier interface {
	enter(ctx context.Context) (leave func(), err error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// A question is a query whose rows scan puts where they belong.
type question struct {
	*query
	scan func(row) error
}

// ask runs questions, one after the other, in one state.
func (s *Store) ask(ctx context.Context, questions ...question) error {
	tx, err := s.readers.begin(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.end()
	return answer(ctx, tx, questions)
}

// answer runs questions in a transaction.
func answer(ctx context.Context, tx *transaction, questions []question) error {
	for _, q := range questions {
		if err := each(ctx, tx, q.query, q.scan); err != nil {
			return err
		}
	}
	return nil
}

// into is a scan function that appends what scan makes of a row to list.
func into[T any](list *[]T, scan func(row) (T, error)) func(row) error {
	return func(r row) error {
		one, err := scan(r)
		if err == nil {
			*list = append(*list, one)
		}
		return err
	}
}

// one is a scan function that puts what scan makes of a row into place.
func one[T any](place *T, scan func(row) (T, error)) func(row) error {
	return func(r row) (err error) {
		*place, err = scan(r)
		return err
	}
}

// each runs q and hands its rows to scan, one by one.
func each(ctx context.Context, db querier, q *query, scan func(row) error) error {
	leave, err := db.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
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
	if err := each(ctx, db, q, into(&all, scan)); err != nil {
		return nil, err
	}
	return all, nil
}

// collectByID is collect, with the results by their ids.
func collectByID[T any](ctx context.Context, db querier, q *query, scan func(row) (T, error), id func(T) collab.ID) (map[collab.ID]T, error) {
	all := map[collab.ID]T{}
	err := each(ctx, db, q, func(r row) error {
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
	err := each(ctx, db, q, func(r row) error { return r.Scan(&n) })
	return n, err
}

// countByID runs q, whose rows are an id and a number.
func countByID(ctx context.Context, db querier, q *query) (map[collab.ID]int, error) {
	counts := map[collab.ID]int{}
	err := each(ctx, db, q, func(r row) error {
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
