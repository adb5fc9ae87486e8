package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tandem/internal/collab"
	"tandem/internal/config"
	"tandem/internal/nats"
	"tandem/internal/postgres"
	"tandem/internal/redis"
	"tandem/internal/sqlite"
)

// An observer is called after each statement.
type observer = func(ctx context.Context, text string, began time.Time, err error)

// openStore opens the database that the settings name, and migrates it unless MIGRATE is off.
func openStore(ctx context.Context, s config.Settings, log *slog.Logger, observers ...observer) (collab.Store, error) {
	migrates := s.Migrate == "on"
	switch {
	case !s.UsesSQLite() && migrates:
		return openReplicated(ctx, s, log, postgres.Open, observers)
	case !s.UsesSQLite():
		return openReplicated(ctx, s, log, postgres.OpenMigrated, observers)
	}
	if err := prepareFolder(s); err != nil {
		return nil, err
	}
	open := sqlite.OpenMigrated
	if migrates {
		open = sqlite.Open
	}
	store, err := open(ctx, s.SQLiteFile(), observers...)
	if err != nil {
		return nil, err
	}
	store.LogTo(log)
	return store, nil
}

// openReplicated opens Postgres, and its replica if the settings name one.
func openReplicated(ctx context.Context, s config.Settings, log *slog.Logger,
	open func(context.Context, string, ...postgres.Observer) (*postgres.Store, error), observers []observer) (collab.Store, error) {
	store, err := open(ctx, s.DatabaseURL, observers...)
	if err != nil {
		return nil, err
	}
	if s.DatabaseReadURL != "" {
		store.ReadFrom(s.DatabaseReadURL, log, observers...)
	}
	return store, nil
}

// prepareFolder makes the data folder of an instance without DATABASE_URL. Other folders have to exist.
func prepareFolder(s config.Settings) error {
	folder := filepath.Dir(s.SQLiteFile())
	if strings.TrimPrefix(s.DatabaseURL, "sqlite:") == "" {
		if err := os.MkdirAll(config.DataFolder, 0o700); err != nil {
			return fmt.Errorf("the data folder can't be made: %w; start where you may write, or set DATABASE_URL", err)
		}
	}
	if _, err := os.Stat(folder); err != nil {
		return fmt.Errorf("DATABASE_URL names a file in %s, which can't be used: %w; make the folder first", folder, errors.Unwrap(err))
	}
	return nil
}

// openBackends opens what the settings name. NATS takes the place of Redis for announcements only.
func openBackends(ctx context.Context, s config.Settings, log *slog.Logger, options Options) (Backends, error) {
	if options.Backends != nil {
		return *options.Backends, nil
	}
	b := InProcess()
	if s.RedisURL != "" {
		client, err := redis.Open(ctx, s.RedisURL, log)
		if err != nil {
			return b, err
		}
		b.useRedis(client, log)
	}
	if s.NATSURL != "" {
		connection, err := nats.Open(ctx, natsSettings(s), log)
		if err != nil {
			b.Close()
			return b, err
		}
		b.useNATS(connection, log)
	}
	return b, nil
}

func natsSettings(s config.Settings) nats.Settings {
	return nats.Settings{URL: s.NATSURL, Credentials: s.NATSCredentials, Subject: s.NATSSubject}
}
