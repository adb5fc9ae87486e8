package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	goredis "github.com/redis/go-redis/v9"
)

// services are the Postgres and the Redis of a server that is started here, which count much themselves. Either may be missing.
type services struct {
	postgres *pgx.Conn
	redis    *goredis.Client
}

// The names of the services among the other processes.
const (
	postgresName = "postgres"
	redisName    = "redis"
)

// counts are totals by name. A name is missing if its service is.
type counts map[string]float64

const (
	walBytes      = "walBytes"      // that Postgres wrote ahead
	logBytes      = "logBytes"      // of the log of changes with its indexes
	redisCommands = "redisCommands" // that Redis executed, those in scripts included
	redisBytes    = "redisBytes"    // that Redis holds
)

// openServices connects to the services that a run's settings name.
func openServices(ctx context.Context, s settings) (*services, error) {
	v := &services{}
	if strings.HasPrefix(s.database, "postgres") {
		conn, err := pgx.Connect(ctx, s.database)
		if err != nil {
			return nil, fmt.Errorf("-database: %w", err)
		}
		v.postgres = conn
	}
	if s.redis != "" {
		options, err := goredis.ParseURL(s.redis)
		if err != nil {
			v.close()
			return nil, fmt.Errorf("-redis: %w", err)
		}
		v.redis = goredis.NewClient(options)
	}
	return v, nil
}

func (v *services) close() {
	if v.postgres != nil {
		_ = v.postgres.Close(context.Background())
	}
	if v.redis != nil {
		_ = v.redis.Close()
	}
}

// count returns the totals of now.
func (v *services) count(ctx context.Context) (counts, error) {
	c := counts{}
	if v.postgres != nil {
		var wal, log float64
		err := v.postgres.QueryRow(ctx, `SELECT (pg_current_wal_insert_lsn() - '0/0')::float8, coalesce(pg_total_relation_size(to_regclass('log')), 0)::float8`).Scan(&wal, &log)
		if err != nil {
			return nil, fmt.Errorf("measure Postgres: %w", err)
		}
		c[walBytes], c[logBytes] = wal, log
	}
	if v.redis != nil {
		info, err := v.redis.Info(ctx).Result()
		if err != nil {
			return nil, fmt.Errorf("measure Redis: %w", err)
		}
		c[redisCommands], c[redisBytes] = infoField(info, "total_commands_processed"), infoField(info, "used_memory")
	}
	return c, nil
}

// processes returns the processes of the services that run on this machine.
func (v *services) processes(ctx context.Context) others {
	found := others{}
	if v.postgres != nil {
		var pid int
		// A session is a child of the server.
		if v.postgres.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&pid) == nil {
			stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
			found.add(postgresName, parentOf(stat))
		}
	}
	if v.redis != nil {
		if info, err := v.redis.Info(ctx).Result(); err == nil {
			found.add(redisName, int(infoField(info, "process_id")))
		}
	}
	return found
}

// add adds a process if it has the service's name: the number of a process on another machine, or in a container, is one of something else here.
func (o others) add(name string, pid int) {
	program, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err == nil && strings.HasPrefix(string(program), name) {
		o[name] = pid
	}
}

// infoField returns a number of the answer of INFO; 0 if it lacks it.
func infoField(info, name string) float64 {
	found := regexp.MustCompile(`(?m)^` + name + `:(\d+)`).FindStringSubmatch(info)
	if found == nil {
		return 0
	}
	number, _ := strconv.ParseFloat(found[1], 64)
	return number
}
