package postgres

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

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

// A constant is an argument that becomes part of the statement's text. Postgres makes one plan of a
// prepared statement and keeps it, unless a plan for the current arguments looks cheaper. For a
// LIMIT that is always so, because the kept plan does not know its value: such a statement would be
// planned each time, which takes longer than to run it. Use it only for numbers with few values.
type constant int

// A column is an argument that becomes the name of a column in the statement's text.
type column string

// add appends text in which each ? stands for the next of args. A time becomes
// what its column holds.
func (q *query) add(text string, args ...any) *query {
	for _, arg := range args {
		before, after, _ := strings.Cut(text, "?")
		q.text.WriteString(before)
		text = after
		switch arg := arg.(type) {
		case constant:
			q.text.WriteString(strconv.Itoa(int(arg)))
		case column:
			q.text.WriteString(string(arg))
		default:
			q.args = append(q.args, value(arg))
			q.text.WriteString("$" + strconv.Itoa(len(q.args)))
		}
	}
	q.text.WriteString(text)
	return q
}

// value is an argument as the driver takes it. All bytes are JSON; as a string they
// are also right where the driver does not ask Postgres for a parameter's type, and
// would take bytes for a bytea.
func value(arg any) any {
	switch arg := arg.(type) {
	case []byte:
		if arg == nil {
			return nil
		}
		return string(arg)
	case collab.Time:
		return arg.Time
	case *collab.Time:
		if arg == nil {
			return (*time.Time)(nil)
		}
		return arg.Time
	}
	return arg
}

// list is an argument that stands for an array.
func list[T ~string](values []T) []string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = string(v)
	}
	return texts
}

// oneOf narrows to rows whose column is one of values. No values do not narrow.
func oneOf[T ~string](q *query, column string, values []T) {
	if len(values) > 0 {
		q.add(" AND "+column+" = ANY(?)", list(values))
	}
}

// among narrows to rows whose column is one of values. Nil does not narrow; no values leave no rows.
func among[T ~string](q *query, column string, values []T) {
	if values != nil {
		q.add(" AND "+column+" = ANY(?)", list(values))
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

// A batchQuery is a query and a function that stores each of its rows.
type batchQuery struct {
	*query
	scan func(row) error
}

// query runs queries, one after the other, in one snapshot and one round trip.
func (w tenant) query(ctx context.Context, queries ...batchQuery) error {
	batch := w.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
	queue(batch, queries)
	batch.Queue("COMMIT")
	return w.send(ctx, batch)
}

// queue adds queries to a batch.
func queue(batch *pgx.Batch, queries []batchQuery) {
	for _, q := range queries {
		batch.Queue(q.text.String(), q.args...).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				if err := q.scan(rows); err != nil {
					return err
				}
			}
			return rows.Err()
		})
	}
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
func forEachRow(ctx context.Context, db tenant, q *query, scan func(row) error) error {
	batch := db.batch()
	queue(batch, []batchQuery{{q, scan}})
	return db.send(ctx, batch)
}

// collect runs q and returns what scan made of its rows.
func collect[T any](ctx context.Context, db tenant, q *query, scan func(row) (T, error)) ([]T, error) {
	var all []T
	if err := forEachRow(ctx, db, q, scanAll(&all, scan)); err != nil {
		return nil, err
	}
	return all, nil
}

// collectByID is collect, with the results by their ids.
func collectByID[T any](ctx context.Context, db tenant, q *query, scan func(row) (T, error), id func(T) collab.ID) (map[collab.ID]T, error) {
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
func count(ctx context.Context, db tenant, q *query) (int, error) {
	var n int
	err := forEachRow(ctx, db, q, func(r row) error { return r.Scan(&n) })
	return n, err
}

// countByID runs q, whose rows are an id and a number.
func countByID(ctx context.Context, db tenant, q *query) (map[collab.ID]int, error) {
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

// exec runs q as a write of its own, and returns how many rows it touched.
func (w tenant) exec(ctx context.Context, q *query) (int, error) {
	var touched int
	batch := w.batch()
	batch.Queue(q.text.String(), q.args...).Exec(func(tag pgconn.CommandTag) error {
		touched = int(tag.RowsAffected())
		return nil
	})
	err := w.pool.unblocked(ctx, func() error { return w.send(ctx, batch) })
	return touched, err
}
