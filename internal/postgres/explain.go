package postgres

import (
	"context"
	"crypto/rand"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// explainBounds are the bounds of a transaction that asks for a plan. It waits only where somebody changes a table.
const explainBounds = "SELECT set_config('lock_timeout', '1s', true), set_config('statement_timeout', '2s', true)"

// hasPlan matches the statements that Postgres plans.
var hasPlan = regexp.MustCompile(`(?i)^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b`)

// parameter matches the placeholder of an argument.
var parameter = regexp.MustCompile(`\$(\d+)`)

// Explain returns the plan by which the store's transactions run a statement, whatever its arguments, or "" if it has none. It does
// not run the statement. It opens a connection of its own, since those of the pool may be what is scarce.
func (s *Store) Explain(ctx context.Context, text string) (string, error) {
	if !hasPlan.MatchString(text) {
		return "", nil
	}
	config := s.pool.Config().ConnConfig
	config.Tracer = nil
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return "", fault(ctx, err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var lines []string
	err = pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, s.enter, noTenant); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, explainBounds); err != nil {
			return err
		}
		lines, err = explainPrepared(ctx, tx, text)
		return err
	})
	return strings.Join(lines, "\n"), fault(ctx, err)
}

// explainPrepared returns the generic plan of a statement, for which Postgres before 16 has to prepare it. A prepared
// statement outlives its transaction, and behind a pooler its connection too, so the statement is deallocated also when it has no plan.
func explainPrepared(ctx context.Context, tx pgx.Tx, text string) (lines []string, err error) {
	name := "tandem_" + strings.ToLower(rand.Text())
	if _, err := tx.Exec(ctx, "PREPARE "+name+" AS "+text); err != nil {
		return nil, err
	}
	err = pgx.BeginFunc(ctx, tx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "EXPLAIN EXECUTE "+name+nulls(text), pgx.QueryExecModeSimpleProtocol)
		if err != nil {
			return err
		}
		lines, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	if _, failed := tx.Exec(ctx, "DEALLOCATE "+name); err == nil {
		err = failed
	}
	return lines, err
}

// nulls returns a list of as many NULLs as a statement has parameters.
func nulls(text string) string {
	most := 0
	for _, match := range parameter.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(match[1])
		most = max(most, n)
	}
	if most == 0 {
		return ""
	}
	return "(NULL" + strings.Repeat(", NULL", most-1) + ")"
}
