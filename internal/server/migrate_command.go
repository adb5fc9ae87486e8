package server

import (
	"context"
	"flag"
	"fmt"
	"io"

	"tandem/internal/config"
	"tandem/internal/postgres"
	"tandem/internal/sqlite"
)

// migrateDatabase brings the database of the environment up to date, and prints each step.
func migrateDatabase(ctx context.Context, arguments []string, environment map[string]string, out io.Writer) error {
	flags := flag.NewFlagSet("migrate", flag.ContinueOnError)
	helped, err := parseFlags(flags, "brings the tables and indexes in the database of DATABASE_URL up to date, also while instances use it.", arguments, out)
	if err != nil || helped {
		return err
	}
	s, err := config.Read(environment)
	if err != nil {
		return err
	}
	steps := 0
	did := func(name string) {
		steps++
		fmt.Fprintln(out, "applied", name)
	}
	if s.UsesSQLite() {
		if err = prepareFolder(s); err == nil {
			err = sqlite.Migrate(ctx, s.SQLiteFile(), did)
		}
	} else {
		err = postgres.Migrate(ctx, s.DatabaseURL, did)
	}
	switch {
	case err != nil:
		return err
	case steps == 0:
		fmt.Fprintln(out, "the database was up to date already")
	default:
		fmt.Fprintln(out, "the database is up to date")
	}
	return nil
}
