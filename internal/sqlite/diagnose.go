package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"tandem/internal/diagnosis"
)

// Diagnose examines the file at path, and changes nothing in it. migrates tells whether the server migrates it at
// start.
func Diagnose(ctx context.Context, path string, migrates bool) (report diagnosis.Report) {
	_, err := os.Stat(path)
	switch isMissing := errors.Is(err, fs.ErrNotExist); {
	case isMissing && !migrates:
		report.Fail("there is no file at %s, and MIGRATE is off; run tandem migrate, which makes it", path)
		return report
	case canWrite(filepath.Dir(path)) != nil:
		report.Fail("the folder of %s can't be written to; make it, and let the user of the server write there", path)
		return report
	case isMissing:
		report.OK("SQLite; there is no file at %s yet, and the next start makes it", path)
		return report
	}
	readers, err := connect(path, "ro", "deferred", "query_only(on)")
	if err != nil {
		report.Fail("%s", openError(path, err))
		return report
	}
	defer func() { _ = readers.Close() }()
	files, _ := fs.Glob(migrations, "migrations/*.sql") // an error is for a malformed pattern
	applied := 0
	err = readers.QueryRowContext(ctx, "PRAGMA user_version").Scan(&applied)
	switch due := len(files) - applied; {
	case err != nil:
		report.Fail("%s", openError(path, err))
	case due > 0 && !migrates:
		report.Fail("%d of %d migrations of %s are due, and MIGRATE is off; run tandem migrate", due, len(files), path)
	case due > 0:
		report.OK("SQLite at %s; %d of %d migrations are due, and the next start applies them", path, due, len(files))
	default:
		report.OK("SQLite at %s; the tables are up to date (%d migrations)", path, applied)
	}
	return report
}

// canWrite tries to make a file in a folder.
func canWrite(folder string) error {
	file, err := os.CreateTemp(folder, ".tandem-check-*")
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}
