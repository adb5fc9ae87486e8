// Package sqlite keeps a collab.Store in one file, for one instance.
//
// It mirrors package postgres: the same files, with the same functions in the
// same order, so that a diff of the two shows the dialect and nothing else.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"

	"tandem/internal/collab"
	"tandem/internal/search"
)

// maxReaders bounds the connections that read at the same time. Each has a
// page cache of its own, and more than there are cores gain nothing.
const maxReaders = 8

// patience is how long a writer waits for another program that writes. Longer
// than any write should take; a caller would rather hear that it failed.
const patience = 10 * time.Second

// A Store is a collab.Store in a SQLite file.
//
// SQLite lets one connection write at a time. The store queues its writers before
// a pool of one connection, in turn, so that they don't have to poll for the file's lock. Readers see the newest commit and wait for
// nobody, as the journal is a write-ahead log.
type Store struct {
	writer  *writer
	readers *pool
	lock    *os.File // held while the store is open; nil for one that only reads
	path    string
	shared  bool         // another instance has the file open too
	bitmaps search.Cache // of the index
	old     collab.OldLogs
}

var _ collab.Store = (*Store)(nil)

// secureDelete has SQLite overwrite what is deleted or replaced, so that nothing of
// an erased person is left in the free parts of the file.
const secureDelete = "secure_delete(on)"

// Open opens the file at path, creates it and its folder if they do not exist, and brings its tables
// up to date.
func Open(ctx context.Context, path string, observers ...Observer) (*Store, error) {
	return openStore(ctx, path, func(ctx context.Context, db *sql.DB) error { return migrate(ctx, db, func(string) {}) }, observers...)
}

// OpenMigrated opens a file that Migrate has brought up to date. It is an error if a migration is due.
func OpenMigrated(ctx context.Context, path string, observers ...Observer) (*Store, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no database at %s; run tandem migrate, which creates it", path)
	}
	return openStore(ctx, path, checkMigrated, observers...)
}

// openStore opens the file at path and prepares its tables.
func openStore(ctx context.Context, path string, prepare func(context.Context, *sql.DB) error, observers ...Observer) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, openError(path, err)
	}
	if err := createPrivate(path); err != nil {
		return nil, openError(path, err)
	}
	s := &Store{path: path}
	var err error
	if s.lock, s.shared, err = lockFile(path); err != nil {
		return nil, openError(path, err)
	}
	writes, err := connect(path, "rw", "immediate", secureDelete)
	if err != nil {
		s.Close()
		return nil, openError(path, err)
	}
	s.writer = newWriter(writes)
	s.writer.SetMaxOpenConns(1)
	if err = useWriteAheadLog(ctx, s.writer.DB); err != nil {
		s.Close()
		return nil, openError(path, err)
	}
	if s.readers, err = connect(path, "rw", "deferred", "query_only(on)"); err != nil {
		s.Close()
		return nil, openError(path, err)
	}
	s.readers.shareReaders()
	if err := prepare(ctx, s.writer.DB); err != nil {
		s.Close()
		return nil, openError(path, err)
	}
	s.writer.observed, s.readers.observed = observers, observers
	return s, nil
}

// Migrate brings the tables of the file at path up to date, and creates the file if it does not exist. It calls did
// with the name of each migration that it applied.
func Migrate(ctx context.Context, path string, did func(name string)) error {
	s, err := openStore(ctx, path, func(ctx context.Context, db *sql.DB) error { return migrate(ctx, db, did) })
	if err == nil {
		s.Close()
	}
	return err
}

// OpenToRead opens a database that is there already, to read it and nothing else: it creates no
// file and migrates nothing, also while a server uses the file.
func OpenToRead(ctx context.Context, path string) (*Store, error) {
	switch _, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no database at %s; set DATABASE_URL as the server has it, or run this where the server runs", path)
	case err != nil:
		return nil, openError(path, err)
	}
	readers, err := connect(path, "ro", "deferred", "query_only(on)")
	if err != nil {
		return nil, openError(path, err)
	}
	readers.shareReaders()
	s := &Store{readers: readers}
	if err := checkMigrated(ctx, readers.DB); err != nil {
		s.Close()
		return nil, openError(path, err)
	}
	return s, nil
}

// createPrivate creates the database's file, if it is not there yet, for this user
// only. The files beside it have the same mode: the logs by modeof (see connect), and
// the index of the log, which the driver creates for everybody, since it is created here.
func createPrivate(path string) error {
	if err := createFile(path, 0o600); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return createFile(path+"-shm", info.Mode().Perm())
}

// createFile creates an empty file, unless there is one.
func createFile(path string, mode fs.FileMode) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return file.Close()
}

// connect prepares a pool. A commit waits for the disk (synchronous is full):
// a position that was handed out must not be handed out again, which a loss of
// power could otherwise bring about.
func connect(path, mode, txlock string, pragmas ...string) (*pool, error) {
	pragmas = append([]string{
		fmt.Sprintf("busy_timeout(%d)", patience.Milliseconds()), "synchronous(full)", "foreign_keys(on)",
	}, pragmas...)
	query := url.Values{"_txlock": {txlock}, "_pragma": pragmas, "modeof": {path}, "mode": {mode}}.Encode()
	source := url.URL{
		Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(),
		RawQuery: strings.ReplaceAll(query, "+", "%20"), // SQLite takes a + for itself
	}
	db, err := driver.Open(source.String())
	return newPool(db), err
}

// useWriteAheadLog makes the file's journal a write-ahead log, which it then
// stays. SQLite does not wait for other programs at this step, so it is repeated
// while they open the same new file.
func useWriteAheadLog(ctx context.Context, db *sql.DB) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		_, err := db.ExecContext(ctx, "PRAGMA journal_mode = wal")
		if !errors.Is(err, sqlite3.BUSY) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// openError says in one sentence what to do.
func openError(path string, err error) error {
	_, isPath := errors.AsType[*fs.PathError](err)
	switch {
	case errors.Is(err, sqlite3.NOTADB):
		return fmt.Errorf("%s is not a SQLite database; move it away, or name another file in DATABASE_URL", path)
	case isPath, errors.Is(err, sqlite3.CANTOPEN), errors.Is(err, sqlite3.READONLY), errors.Is(err, sqlite3.PERM):
		return fmt.Errorf("%s cannot be written to; make it and its folder writable, or name another file in DATABASE_URL", path)
	case errors.Is(err, sqlite3.BUSY):
		return fmt.Errorf("%s is in use by another program; end that one first", path)
	}
	return fmt.Errorf("the database %s cannot be opened: %w", path, err)
}

// LogTo has the store log when writes begin to fail because of the disk, and when they
// succeed again.
func (s *Store) LogTo(log *slog.Logger) {
	s.writer.mu.Lock()
	defer s.writer.mu.Unlock()
	s.writer.log = log
	if s.shared {
		log.Warn("another instance uses the same database file: changes reach the clients of the other one within a second, presence and limits not at all; end one, or use Postgres and Redis", "file", s.path)
	}
}

// lockFile marks the file as in use by a store that writes, until the returned file is closed. shared tells
// that another one has it marked.
func lockFile(path string) (lock *os.File, shared bool, err error) {
	lock, err = os.Open(path)
	if err != nil {
		return nil, false, err
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	return lock, errors.Is(err, syscall.EWOULDBLOCK), nil // without locks on this file system, nobody is warned
}

// Ping reports whether the store can serve, reads and writes.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	if err := s.readers.QueryRowContext(ctx, "SELECT 1").Scan(&one); err != nil {
		return fault(ctx, err)
	}
	return s.writer.check(ctx)
}

// Stats returns measures of the connections.
func (s *Store) Stats() sql.DBStats {
	stats, writer := s.readers.Stats(), s.writer.Stats()
	stats.MaxOpenConnections += writer.MaxOpenConnections
	stats.OpenConnections += writer.OpenConnections
	stats.InUse += writer.InUse
	stats.Idle += writer.Idle
	stats.WaitCount += writer.WaitCount
	stats.WaitDuration += writer.WaitDuration
	return stats
}

// Close releases everything.
func (s *Store) Close() {
	if s.readers != nil {
		_ = s.readers.Close()
	}
	if s.writer != nil {
		_ = s.writer.Close()
	}
	if s.lock != nil {
		_ = s.lock.Close()
	}
}

// closed is the error of a sql.DB after Close, which has no name.
const closed = "sql: database is closed"

// fault turns an error of the database into one for the caller. A context that
// ended passes through; what a retry may get around is Unavailable. The cause
// stays in the chain, for the log.
func fault(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, sqlite3.BUSY), errors.Is(err, sqlite3.LOCKED):
		return fmt.Errorf("%w (%w)", collab.Errorf(collab.Unavailable, "the database is busy; try again"), err)
	case errors.Is(err, sql.ErrConnDone), err.Error() == closed:
		return fmt.Errorf("%w (%w)", collab.Errorf(collab.Unavailable, "the server stops; try again"), err)
	case isUnwritable(err):
		return fmt.Errorf("%w (%w)", collab.Errorf(collab.Unavailable, "the database is not available; try again"), err)
	}
	return fmt.Errorf("sqlite: %w", err)
}
