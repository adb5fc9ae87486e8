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

// add appends text in which each ? stands for the next of args. A time becomes
// what its column holds.
func (q *query) add(text string, args ...any) *query {
	for _, arg := range args {
		before, after, _ := strings.Cut(text, "?")
		q.args = append(q.args, value(arg))
		q.text.WriteString(before)
		q.text.WriteString("$" + strconv.Itoa(len(q.args)))
		text = after
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

// A question is a query whose rows scan puts where they belong.
type question struct {
	*query
	scan func(row) error
}

// ask runs questions, one after the other, in one state and one round trip.
func (w within) ask(ctx context.Context, questions ...question) error {
	batch := w.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
	queue(batch, questions)
	batch.Queue("COMMIT")
	return w.send(ctx, batch)
}

// queue adds questions to a batch.
func queue(batch *pgx.Batch, questions []question) {
	for _, q := range questions {
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
func each(ctx context.Context, db within, q *query, scan func(row) error) error {
	batch := db.batch()
	queue(batch, []question{{q, scan}})
	return db.send(ctx, batch)
}

// collect runs q and returns what scan made of its rows.
func collect[T any](ctx context.Context, db within, q *query, scan func(row) (T, error)) ([]T, error) {
	var all []T
	if err := each(ctx, db, q, into(&all, scan)); err != nil {
		return nil, err
	}
	return all, nil
}

// collectByID is collect, with the results by their ids.
func collectByID[T any](ctx context.Context, db within, q *query, scan func(row) (T, error), id func(T) collab.ID) (map[collab.ID]T, error) {
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
func count(ctx context.Context, db within, q *query) (int, error) {
	var n int
	err := each(ctx, db, q, func(r row) error { return r.Scan(&n) })
	return n, err
}

// countByID runs q, whose rows are an id and a number.
func countByID(ctx context.Context, db within, q *query) (map[collab.ID]int, error) {
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

// exec runs q as a write of its own, and returns how many rows it touched.
func (w within) exec(ctx context.Context, q *query) (int, error) {
	var touched int
	batch := w.batch()
	batch.Queue(q.text.String(), q.args...).Exec(func(tag pgconn.CommandTag) error {
		touched = int(tag.RowsAffected())
		return nil
	})
	err := w.pool.unblocked(ctx, func() error { return w.send(ctx, batch) })
	return touched, err
}
