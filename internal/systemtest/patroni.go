package systemtest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A Patroni is two nodes of Postgres that Patroni looks after, with an etcd: one is the primary, the other its synchronous replica.
type Patroni struct {
	Nodes [2]*PatroniNode
}

// A PatroniNode is a Patroni with the Postgres that it starts, which outlives it when it is killed.
type PatroniNode struct {
	*Process
	*Postgres     // to ask it; Patroni starts it
	api, settings string
}

// patroniTime bounds how long the nodes take to agree.
const patroniTime = 90 * time.Second

// StartPatroni starts etcd and both nodes below a folder, and makes the database that the role tandem owns.
func StartPatroni(t testing.TB, folder string) *Patroni {
	t.Helper()
	etcd, peers := FreePort(t), FreePort(t)
	store := &Process{Name: "etcd", Log: filepath.Join(folder, "etcd.log"), Ready: Answers("http://127.0.0.1:" + etcd + "/health"),
		Args: append(Unprivileged(t), programOf(t, "TEST_ETCD", "etcd"), "--data-dir", filepath.Join(folder, "etcd"),
			"--listen-client-urls", "http://127.0.0.1:"+etcd, "--advertise-client-urls", "http://127.0.0.1:"+etcd,
			"--listen-peer-urls", "http://127.0.0.1:"+peers)}
	t.Cleanup(store.Kill)
	if err := store.Start(); err != nil {
		t.Fatal(err)
	}
	p := &Patroni{}
	for i := range p.Nodes {
		p.Nodes[i] = newPatroniNode(t, folder, fmt.Sprint("node", i+1), etcd)
		if err := p.Nodes[i].Process.Start(); err != nil {
			t.Fatal(err)
		}
	}
	primary := p.Primary(t)
	for _, statement := range []string{"CREATE ROLE tandem LOGIN", "CREATE DATABASE tandem OWNER tandem"} {
		if err := primary.Execute(statement); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func newPatroniNode(t testing.TB, folder, name, etcd string) *PatroniNode {
	t.Helper()
	api := "127.0.0.1:" + FreePort(t)
	n := &PatroniNode{Postgres: newPostgres(t, folder, name, nil), api: "http://" + api, settings: filepath.Join(folder, name+".json")}
	encoded, err := json.Marshal(map[string]any{
		"scope": "tandem", "name": name, "etcd3": map[string]any{"host": "127.0.0.1:" + etcd},
		"restapi": map[string]any{"listen": api, "connect_address": api},
		"bootstrap": map[string]any{
			"dcs": map[string]any{"ttl": 20, "loop_wait": 2, "retry_timeout": 3, "synchronous_mode": true,
				"postgresql": map[string]any{"use_pg_rewind": true, "parameters": map[string]any{"max_connections": 100}}},
			"initdb": []any{map[string]any{"encoding": "UTF8"}, map[string]any{"locale": "C"}, map[string]any{"auth": "trust"}, "no-sync"},
		},
		"postgresql": map[string]any{
			"listen": n.Address(), "connect_address": n.Address(), "data_dir": n.Data, "bin_dir": n.bin, "pgpass": filepath.Join(folder, name+".pgpass"),
			"authentication": map[string]any{"superuser": map[string]any{"username": "postgres"}, "replication": map[string]any{"username": "postgres"}},
			"parameters":     map[string]any{"unix_socket_directories": "", "fsync": "off"},
			"pg_hba":         []string{"host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(n.settings, encoded, 0o644); err != nil { // the account of the servers reads it
		t.Fatal(err)
	}
	n.Process = &Process{Name: "Patroni of " + name, Log: filepath.Join(folder, name+"-patroni.log"), Ready: Answers(n.api + "/health"),
		Args: append(Unprivileged(t), programOf(t, "TEST_PATRONI", "patroni"), n.settings)}
	t.Cleanup(n.Kill)
	return n
}

// Kill ends Patroni and its Postgres, as a power cut does.
func (n *PatroniNode) Kill() {
	n.Process.Kill()
	written, err := os.ReadFile(filepath.Join(n.Data, "postmaster.pid"))
	if err != nil {
		return // it does not run
	}
	first, _, _ := strings.Cut(string(written), "\n")
	id, err := strconv.Atoi(first)
	if err != nil || id <= 0 {
		return
	}
	// The file outlives a kill, after which the id may be another program's.
	if command, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", id)); err == nil && strings.Contains(string(command), n.Data) {
		_ = syscall.Kill(id, syscall.SIGKILL)
	}
}

// Primary waits until a node is the primary, and the other one, if it runs, its synchronous replica. It returns the primary.
func (p *Patroni) Primary(t testing.TB) *PatroniNode {
	t.Helper()
	for began := time.Now(); time.Since(began) < patroniTime; <-time.After(50 * time.Millisecond) {
		for i, n := range p.Nodes {
			other := p.Nodes[1-i]
			if Answers(n.api+"/primary")() && (!other.Process.Running() || Answers(other.api+"/synchronous")()) {
				return n
			}
		}
	}
	t.Fatalf("no node of Patroni is the primary of a synchronous replica; the log of one ends with:\n%s", p.Nodes[0].Process.Tail())
	return nil
}

// SwitchOver makes the replica the primary, as an operator does before maintenance.
func (p *Patroni) SwitchOver(t testing.TB) {
	t.Helper()
	primary := p.Primary(t)
	if err := run("/", []string{programOf(t, "TEST_PATRONICTL", "patronictl"), "-c", primary.settings, "switchover", "--force"}); err != nil {
		t.Fatal(err)
	}
}
