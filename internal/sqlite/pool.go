package sqlite

import (
	"context"
	"database/sql"
	"sync"
	"time"

	"tandem/internal/fair"
)

const (
	// maxPrepared bounds the statements that are kept prepared. There are a few
	// dozen; filters that are put together make some more.
	maxPrepared = 200
	// prepareTimeout bounds the preparing of a statement, which nobody waits for.
	prepareTimeout = time.Second
)

// A pool is connections that keep what they prepared. Without that, SQLite would
// parse each statement each time, which takes longer than most of them run.
type pool struct {
	*sql.DB
	observed
	turns *fair.Queue // before the connections; nil is none

	mu       sync.Mutex // guards prepared; innermost
	prepared map[string]*sql.Stmt
}

func newPool(db *sql.DB) *pool { return &pool{DB: db, prepared: make(map[string]*sql.Stmt)} }

// QueryContext is sql.DB's, with a prepared statement where there is room for it.
func (p *pool) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	statement := p.statement(text)
	if statement == nil {
		p.prepare(text)
		statement = p.statement(text)
	}
	if statement == nil {
		return p.DB.QueryContext(ctx, text, args...)
	}
	return statement.QueryContext(ctx, args...)
}

// begin begins a transaction when it is the caller's turn. The caller ends it.
func (p *pool) begin(ctx context.Context, options *sql.TxOptions) (*transaction, error) {
	leave, err := p.enter(ctx)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	tx, err := p.BeginTx(ctx, options) // a writer waits here for other programs
	fair.Waited(ctx, began)
	if err != nil {
		leave()
		return nil, fault(ctx, err)
	}
	return &transaction{Tx: tx, ctx: ctx, pool: p, ended: leave}, nil
}

func (p *pool) statement(text string) *sql.Stmt {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.prepared[text]
}

func (p *pool) full() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.prepared) >= maxPrepared
}

// prepare keeps a statement for later.
func (p *pool) prepare(text string) {
	if p.full() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), prepareTimeout)
	defer cancel()
	statement, err := p.PrepareContext(ctx, text)
	if err != nil {
		return // it runs unprepared, and tells its error then
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.prepared[text] == nil && len(p.prepared) < maxPrepared {
		p.prepared[text] = statement
		return
	}
	_ = statement.Close()
}

// A transaction runs prepared statements where it can. It runs a new statement as it is, and
// prepares it once the transaction has given its connection back, because the writers have no
// other.
type transaction struct {
	*sql.Tx
	ctx  context.Context // of who began it
	pool *pool
	news []string
	// noted is told what became of each write; nil for readers.
	noted func(error)
	// ended is called once the connection is free.
	ended func()
}

// QueryContext is sql.Tx's.
func (t *transaction) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if statement := t.pool.statement(text); statement != nil {
		return t.StmtContext(ctx, statement).QueryContext(ctx, args...)
	}
	t.news = append(t.news, text)
	return t.Tx.QueryContext(ctx, text, args...)
}

// ExecContext is sql.Tx's.
func (t *transaction) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	run := t.Tx.ExecContext
	if statement := t.pool.statement(text); statement != nil {
		run = func(ctx context.Context, _ string, args ...any) (sql.Result, error) {
			return t.StmtContext(ctx, statement).ExecContext(ctx, args...)
		}
	} else {
		t.news = append(t.news, text)
	}
	began := time.Now()
	result, err := run(ctx, text, args...)
	t.ran(ctx, text, began, err)
	if err != nil && t.noted != nil {
		t.noted(err)
	}
	return result, err
}

// ran reports a statement of a transaction.
func (t *transaction) ran(ctx context.Context, text string, began time.Time, err error) {
	t.pool.ran(ctx, text, began, err)
}

// Commit is sql.Tx's.
func (t *transaction) Commit() error {
	began := time.Now()
	err := t.Tx.Commit()
	t.ran(t.ctx, "COMMIT", began, err)
	if t.noted != nil {
		t.noted(err)
	}
	return err
}

// end rolls back what was not committed.
func (t *transaction) end() {
	_ = t.Rollback()
	for _, text := range t.news {
		t.pool.prepare(text)
	}
	t.ended()
}
