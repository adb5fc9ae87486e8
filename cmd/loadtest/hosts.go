package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// hosts are the instances of a run: a running one, or several that are started for it.
type hosts struct {
	settings settings
	errs     io.Writer
	secret   string
	pid      int // of the first; 0 if it is not known
	target   *target
	// second starts the instance where clients resume; nil where they can't, or it runs.
	second func(context.Context) error

	folder  string
	program string
	servers []*server
}

// openHosts makes sure that there is a server.
func openHosts(ctx context.Context, s settings, errs io.Writer) (*hosts, error) {
	h := &hosts{settings: s, errs: errs, secret: s.secret, pid: s.pid, target: &target{first: s.address, next: s.resumeAt}}
	if s.address != "" {
		return h, nil
	}
	if err := h.start(ctx); err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

func (h *hosts) start(ctx context.Context) error {
	var err error
	if h.folder, err = os.MkdirTemp("", "tandem-loadtest"); err != nil {
		return err
	}
	if h.program = h.settings.server; h.program == "" {
		if h.program, err = build(ctx, h.folder, h.errs); err != nil {
			return err
		}
	}
	h.secret = rand.Text() + rand.Text()
	first, err := h.add(ctx)
	if err != nil {
		return err
	}
	h.target.first, h.pid = first.address, first.pid()
	if h.settings.killAt == 0 {
		return nil
	}
	h.second = func(ctx context.Context) error {
		next, err := h.add(ctx)
		if err == nil {
			h.target.offer(next.address)
		}
		return err
	}
	if h.settings.database == "" {
		return nil // a SQLite file is for one instance, so the second is started when the first is gone
	}
	err = h.second(ctx)
	h.second = nil
	return err
}

// add starts one more instance.
func (h *hosts) add(ctx context.Context) (*server, error) {
	database := h.settings.database
	if database == "" {
		database = "sqlite:" + filepath.Join(h.folder, "tandem.db")
	}
	s, err := startServer(ctx, h.program, []string{
		"AUTH_SECRET=" + h.secret, "DATABASE_URL=" + database, "REDIS_URL=" + h.settings.redis,
		"RATE_LIMIT_PER_SECOND=0", // one token writes all
	}, h.errs)
	if err == nil {
		h.servers = append(h.servers, s)
	}
	return s, err
}

// killFirst kills the instance that all clients are connected to.
func (h *hosts) killFirst(ctx context.Context) error {
	h.servers[0].kill()
	h.target.leave()
	if h.second == nil {
		return nil
	}
	if err := h.second(ctx); err != nil {
		return fmt.Errorf("the instance to resume at: %w", err)
	}
	return nil
}

// close stops the instances that were started.
func (h *hosts) close() {
	for _, s := range h.servers {
		select {
		case <-s.ended:
		default:
			s.stop()
		}
	}
	if h.folder != "" {
		_ = os.RemoveAll(h.folder)
	}
}
