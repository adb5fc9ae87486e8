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
	"tandem/internal/memory"
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
		return postgres.Open(ctx, s.DatabaseURL, observers...)
	case !s.UsesSQLite():
		return postgres.OpenMigrated(ctx, s.DatabaseURL, observers...)
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

// Backends are the services that instances share besides the store, or their substitutes in a single instance.
type Backends struct {
	Bus       collab.Bus
	Presences collab.Presences
	Limits    collab.Limits
	Close     func()
}

// InProcess returns the backends of a single instance.
func InProcess() Backends {
	return Backends{memory.NewBus(), memory.NewPresences(time.Now), memory.NewLimits(time.Now), func() {}}
}

func openBackends(ctx context.Context, s config.Settings, log *slog.Logger, options Options) (Backends, error) {
	switch {
	case options.Backends != nil:
		return *options.Backends, nil
	case s.RedisURL == "":
		return InProcess(), nil
	}
	client, err := redis.Open(ctx, s.RedisURL, log)
	if err != nil {
		return Backends{}, err
	}
	return Backends{
		redis.NewBus(client, log), redis.NewPresences(client, nil),
		redis.NewLimits(client, memory.NewLimits(time.Now), log, nil), func() { _ = client.Close() },
	}, nil
}
