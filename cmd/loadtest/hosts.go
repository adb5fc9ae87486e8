package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"maps"
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
	// writes is where edits and reads go.
	writes *target
	// second starts the instance where clients resume; nil where they can't, or it runs.
	second func(context.Context) error

	folder  string
	program string
	servers []*server
}

// openHosts makes sure that there is a server.
func openHosts(ctx context.Context, s settings, errs io.Writer) (*hosts, error) {
	h := &hosts{settings: s, errs: errs, secret: s.secret, pid: s.pid, target: &target{first: s.address, next: s.resumeAt}}
	h.writes = h.target
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
	if h.settings.apart {
		return h.startApart(ctx)
	}
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

// The names of the instances that -apart starts.
const (
	writerName    = "writer"
	bystanderName = "bystander"
)

// startApart starts an instance for the edits and one that has nothing to do, so that the cost of each is known. They are among the other processes.
func (h *hosts) startApart(ctx context.Context) error {
	pids := maps.Clone(h.settings.others)
	if pids == nil {
		pids = others{}
	}
	for _, name := range []string{writerName, bystanderName} {
		s, err := h.add(ctx)
		if err != nil {
			return fmt.Errorf("the %s: %w", name, err)
		}
		pids[name] = s.pid()
		if name == writerName {
			h.writes = &target{first: s.address}
		}
	}
	h.settings.others = pids
	return nil
}

// add starts one more instance.
func (h *hosts) add(ctx context.Context) (*server, error) {
	database := h.settings.database
	if database == "" {
		database = "sqlite:" + filepath.Join(h.folder, "tandem.db")
	}
	env := []string{"AUTH_SECRET=" + h.secret, "DATABASE_URL=" + database, "REDIS_URL=" + h.settings.redis}
	if h.settings.limits {
		// With a burst of less than 20 an instance takes nothing ahead, so it asks Redis each time.
		env = append(env, "RATE_LIMIT_PER_SECOND=10000", "RATE_LIMIT_BURST=19")
	} else {
		env = append(env, "RATE_LIMIT_PER_SECOND=0") // one token writes all
	}
	s, err := startServer(ctx, h.program, env, h.errs)
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
