package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// A seriesRun is one run of the series, by the flags that it adds to those of the call.
type seriesRun struct{ name, flags string }

// series are the runs that docs/operations/capacity.md is about. The instance to which clients connect neither writes nor reads for others,
// so its cost is that of connections and deliveries.
var series = []seriesRun{
	{"idle", "-apart -clients 2000 -topics 100 -settle 30s -rate 20 -duration 1s"},
	{"shared", "-apart -clients 2000 -topics 100 -also 4 -settle 4s -rate 20 -duration 1s"},
	{"own", "-apart -clients 2000 -topics 2000 -settle 4s -window 16 -publishers 16 -duration 8s"},
	{"more", "-apart -clients 2000 -topics 2000 -also 2 -settle 4s -rate 20 -duration 1s"},
	{"presence", "-apart -clients 2000 -topics 100 -presence -settle 30s -rate 20 -duration 1s"},
	{"single", "-apart -limits -clients 1 -topics 1 -window 1 -publishers 1 -duration 10s"},
	{"writes", "-apart -limits -clients 64 -topics 64 -window 16 -publishers 16 -duration 10s -reads 3000"},
	{"twenty", "-apart -clients 1000 -topics 50 -window 16 -publishers 16 -duration 8s"},
	{"thousand", "-apart -clients 1000 -topics 1 -rate 20 -duration 10s"},
}

func seriesNames() string {
	names := make([]string, len(series))
	for i, run := range series {
		names[i] = run.name
	}
	return strings.Join(names, ",")
}

// chosen returns the runs that -capacity names.
func chosen(names string) (runs []seriesRun, err error) {
	if names == "all" {
		return series, nil
	}
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(series, func(run seriesRun) bool { return run.name == name })
		if i < 0 {
			return nil, fmt.Errorf("-capacity has no %q; give all, or some of %s", name, seriesNames())
		}
		runs = append(runs, series[i])
	}
	return runs, nil
}

// settingsOf returns the settings of a run: its flags, and of the call's the servers and the size.
func (run seriesRun) settingsOf(call settings, errs io.Writer) (settings, error) {
	s, err := readSettings(strings.Fields("-database postgres: "+run.flags), errs)
	if err != nil {
		return s, err
	}
	s.server, s.database, s.redis, s.others, s.json = call.server, call.database, call.redis, call.others, call.json
	part := func(n int) int { return max(1, int(float64(n)*call.share)) }
	s.clients, s.topics, s.users, s.reads = part(s.clients), part(s.topics), part(s.users), int(float64(s.reads)*call.share)
	s.settle, s.duration = time.Duration(float64(s.settle)*call.share), max(time.Second/2, time.Duration(float64(s.duration)*call.share))
	return s, nil
}

// measureSeries makes the runs on a database of their own, and prints what follows from them. It fails with the first run that was not clean.
func measureSeries(ctx context.Context, call settings, out, errs io.Writer) error {
	runs, err := chosen(call.series)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "tandem-loadtest")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if call.server == "" {
		if call.server, err = build(ctx, folder, errs); err != nil {
			return err
		}
	}
	database, drop, err := createDatabase(ctx, call.database)
	if err != nil {
		return err
	}
	defer drop()
	call.database = database
	var rounds []reports
	for range call.repeat {
		round, err := measureRound(ctx, call, runs, errs)
		if err != nil {
			return err
		}
		rounds = append(rounds, round)
	}
	return writeFigures(out, rounds, call.json)
}

// measureRound makes each run once.
func measureRound(ctx context.Context, call settings, runs []seriesRun, errs io.Writer) (reports, error) {
	round := reports{}
	for _, run := range runs {
		s, err := run.settingsOf(call, errs)
		if err != nil {
			return nil, err
		}
		fmt.Fprintln(errs, "loadtest:", run.name+":", run.flags)
		r, err := measure(ctx, s, errs)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", run.name, err)
		}
		if !r.clean() {
			_ = r.write(errs)
			return nil, fmt.Errorf("%s: something was lost, doubled, reordered or failed, see above", run.name)
		}
		round[run.name] = r
	}
	return round, nil
}

// createDatabase creates a database beside the one that a URL names, and returns its URL and how to drop it.
func createDatabase(ctx context.Context, server string) (string, func(), error) {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return "", nil, fmt.Errorf("-database: %w", err)
	}
	name := "capacity_" + strings.ToLower(rand.Text())
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		_ = conn.Close(context.WithoutCancel(ctx))
		return "", nil, fmt.Errorf("-database: %w", err)
	}
	at, _ := url.Parse(server) // pgx could read it
	at.Path = "/" + name
	return at.String(), func() {
		ctx := context.WithoutCancel(ctx)
		_, _ = conn.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
		_ = conn.Close(ctx)
	}, nil
}
