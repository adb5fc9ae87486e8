package postgres

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/diagnosis"
	"tandem/internal/eventually"
	"tandem/internal/fair"
	"tandem/internal/memory"
	"tandem/internal/systemtest"
)

// A replicated is a service over a primary with a replica, and two people of an organization of one test.
type replicated struct {
	*collab.Service
	t                *testing.T
	store            *Store
	primary, replica *systemtest.Postgres
	network          *systemtest.Link // to the replica
	ada, ben         *collab.Viewer
}

func startReplicated(t *testing.T) *replicated {
	t.Helper()
	folder := systemtest.Folder(t)
	r := &replicated{primary: systemtest.StartPostgres(t, folder, "-c", "wal_level=replica", "-c", "max_wal_senders=5")}
	r.replica = r.primary.Replica(t, folder, "replica", "-c", "hot_standby=on")
	var err error
	if r.store, err = Open(t.Context(), urlOf(r.primary.Address())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.store.Close)
	r.network = systemtest.StartLink(t, r.replica.Address())
	r.store.ReadFrom(urlOf(r.network.Address), slog.New(slog.DiscardHandler))
	r.Service = collab.NewService(r.store, memory.NewBus(), nil, slog.New(slog.DiscardHandler), time.Now)
	return r
}

// in returns r for another test, with an organization of its own.
func (r *replicated) in(t *testing.T, orgID collab.ID) *replicated {
	t.Helper()
	own := *r
	own.t = t
	own.ada, own.ben = own.admit(orgID, "ada", collab.RoleAdmin), own.admit(orgID, "ben", collab.RoleMember)
	own.awaitUse()
	return &own
}

// A replica answers what it has all changes for, and nothing else.
func TestReplica(t *testing.T) {
	r := startReplicated(t)
	for _, test := range []struct {
		name string
		run  func(*replicated)
	}{
		{"shows own writes", showsOwnWrites}, {"answers reads", answersReads}, {"is diagnosed", isDiagnosed},
		{"stands still", standsStill}, {"is busy", isBusy}, {"is away", isAway},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(r.in(t, collab.ID("of "+test.name))) })
	}
}

func urlOf(address string) string { return "postgres://tandem@" + address + "/tandem?sslmode=disable" }

func (r *replicated) admit(orgID, userID collab.ID, role collab.Role) *collab.Viewer {
	r.t.Helper()
	v, err := r.Admit(r.t.Context(), collab.Claims{OrganizationID: orgID, UserID: userID, Name: string(userID), Role: role})
	if err != nil {
		r.t.Fatal(err)
	}
	return v
}

func (r *replicated) create(v *collab.Viewer, document collab.Patch) collab.ID {
	r.t.Helper()
	saved, err := r.Create(r.t.Context(), v, collab.Create{Type: collab.TypeCustomer, Document: document})
	if err != nil {
		r.t.Fatal(err)
	}
	return saved.Entity.Common().ID
}

// names are those of the customers in a person's list.
func (r *replicated) names(v *collab.Viewer) (names []string) {
	r.t.Helper()
	v = r.admit(v.Organization.ID, v.User.ID, v.Role)
	page, err := r.Entities(r.t.Context(), v.Scope(), collab.EntityQuery{Type: collab.TypeCustomer}, collab.PageRequest{Total: true})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, e := range page.Items {
		names = append(names, e.DisplayName())
	}
	if page.Total.N != len(names) {
		r.t.Errorf("the list has %d customers and counts %d", len(names), page.Total.N)
	}
	return names
}

// reads is how many reads had an outcome.
func (r *replicated) reads(outcome ReadOutcome) int64 {
	stats, _ := r.store.ReplicaStats()
	return stats.Reads[outcome]
}

// shows expects a person's list to have some customers.
func (r *replicated) shows(v *collab.Viewer, want ...string) {
	r.t.Helper()
	if got := r.names(v); !slices.Equal(got, want) {
		r.t.Errorf("the list of %s has %q, want %q", v.User.ID, got, want)
	}
}

// awaitUse waits until reads of ada's lists run on the replica.
func (r *replicated) awaitUse() {
	r.t.Helper()
	eventually.True(r.t, "the replica is read", func() bool {
		before := r.reads(OnReplica)
		r.names(r.ada)
		return r.reads(OnReplica) > before
	})
}

// wantNames expects a person's list to have some customers, always, and that reads which show it have an outcome.
func (r *replicated) wantNames(v *collab.Viewer, outcome ReadOutcome, want ...string) {
	r.t.Helper()
	eventually.True(r.t, fmt.Sprint("a list has the outcome ", outcome), func() bool {
		before := r.reads(outcome)
		r.shows(v, want...)
		return r.reads(outcome) > before
	})
}

// must runs a statement of the superuser on the replica.
func (r *replicated) must(statement string) {
	r.t.Helper()
	if err := r.replica.Execute(statement); err != nil {
		r.t.Fatal(err)
	}
}

// Each list has what its reader has just written, wherever it is read.
func showsOwnWrites(r *replicated) {
	t := r.t
	want := map[string]bool{}
	for n := range 20 {
		name := fmt.Sprint("Customer ", n)
		want[name] = true
		id := r.create(r.ada, collab.Patch{"name": name})
		if got := r.names(r.ada); len(got) != n+1 || got[0] != name {
			t.Fatalf("after %s was created, the list is %q", name, got)
		}
		histories, err := r.Histories(t.Context(), r.ada.Scope(), []collab.ID{id}, collab.ActivityFilter{}, nil, nil)
		if err != nil || len(histories[id].Items) != 1 {
			t.Fatalf("the history of %s is %v, %v", name, histories[id], err)
		}
	}
}

// Every kind of read that a replica may answer runs there.
func answersReads(r *replicated) {
	t := r.t
	id := r.create(r.ada, collab.Patch{"name": "Acme"})
	ctx, scope, customers := t.Context(), r.ada.Scope(), collab.EntityQuery{Type: collab.TypeCustomer, Order: collab.OrderUpdatedDesc, Limit: 10}
	searched := customers
	searched.Search = "acme"
	calls := collab.EntityQuery{Type: collab.TypeCall, Order: collab.OrderUpdatedDesc, Limit: 10}
	ids, global := []collab.ID{id}, collab.ActivityQuery{Feed: collab.ActivityFeed{Type: collab.FeedGlobal}, Limit: 10}
	for what, read := range map[string]func() (any, error){
		"a list":           func() (any, error) { return r.store.ListEntities(ctx, scope, customers) },
		"a search":         func() (any, error) { return r.store.ListEntities(ctx, scope, searched) },
		"a count":          func() (any, error) { return r.store.CountEntities(ctx, scope, searched) },
		"related entities": func() (any, error) { return r.store.RelatedEntities(ctx, scope, ids, calls) },
		"a count of them":  func() (any, error) { return r.store.CountRelated(ctx, scope, ids, collab.TypeCall) },
		"activity":         func() (any, error) { return r.store.Activity(ctx, scope, global) },
		"histories":        func() (any, error) { return r.store.Histories(ctx, scope, ids, global) },
		"a list that counts": func() (any, error) {
			found, _, err := r.store.ListAndCountEntities(ctx, scope, customers)
			return found, err
		},
	} {
		eventually.True(t, what+" is read on the replica", func() bool {
			before := r.reads(OnReplica)
			if _, err := read(); err != nil {
				t.Fatal(what, err)
			}
			return r.reads(OnReplica) > before
		})
	}
}

// While the replica stands still, nobody sees what was taken from them, and what did not change is read there.
func standsStill(r *replicated) {
	t := r.t
	other := r.admit("another", "eve", collab.RoleAdmin)
	r.create(other, collab.Patch{"name": "Other"})
	secret := r.create(r.ada, collab.Patch{"name": "Secret", "visibility": "RESTRICTED"})
	if _, err := r.GrantAccess(t.Context(), r.ada, secret, "ben", collab.AccessRead); err != nil {
		t.Fatal(err)
	}
	r.awaitUse()
	r.wantNames(r.ben, OnReplica, "Secret")

	r.must("SELECT pg_wal_replay_pause()")
	if _, err := r.RevokeAccess(t.Context(), r.ada, secret, "ben"); err != nil {
		t.Fatal(err)
	}
	r.wantNames(r.ben, ReplicaBehind)
	r.create(r.ada, collab.Patch{"name": "Newer"})
	r.wantNames(r.ada, ReplicaBehind, "Newer", "Secret")
	r.wantNames(other, OnReplica, "Other")
	eventually.True(t, "the lag is measured", func() bool {
		stats, _ := r.store.ReplicaStats()
		return stats.Usable && stats.Lag > 0
	})

	r.must("SELECT pg_wal_replay_resume()")
	r.awaitUse()
	r.wantNames(r.ben, OnReplica, "Newer")
}

// An organization that has its share of the connections in use reads on the primary, and nobody else does.
func isBusy(r *replicated) {
	other := r.in(r.t, "of somebody else")
	conns := r.store.replica.pool.Load()
	share := fair.Key{Org: string(r.ada.Organization.ID)}
	for range conns.maximum * 3 / 4 {
		turn, err := conns.turns.Acquire(r.t.Context(), share, 1)
		if err != nil {
			r.t.Fatal(err)
		}
		defer turn.Release()
	}
	failed := r.reads(ReplicaFailed)
	r.wantNames(r.ada, ReplicaBusy)
	onReplica := r.reads(OnReplica)
	other.shows(other.ada)
	if r.reads(OnReplica) == onReplica || r.reads(ReplicaFailed) > failed {
		r.t.Error("the replica is left alone, because an organization is busy")
	}
}

// The primary answers while the replica is dead or hangs, and the replica again once it is back.
func isAway(r *replicated) {
	r.create(r.ada, collab.Patch{"name": "Acme"})
	r.awaitUse()
	r.replica.Kill()
	r.wantNames(r.ada, ReplicaAway, "Acme")
	r.replica.MustStart(r.t)
	r.awaitUse()

	r.network.Silence(systemtest.ToServer, systemtest.FromServer)
	r.wantNames(r.ada, ReplicaAway, "Acme")
	r.network.Heal()
	r.awaitUse()
}

// A replica is told from the primary, and from a server that has nothing to do with it.
func isDiagnosed(r *replicated) {
	t := r.t
	primary := urlOf(r.primary.Address())
	for url, want := range map[string]struct {
		worst diagnosis.Level
		text  string
	}{
		urlOf(r.replica.Address()): {diagnosis.OK, "the replica streams from the primary"},
		primary:                    {diagnosis.Warning, "DATABASE_READ_URL names the primary"},
		newDatabase(t):             {diagnosis.Failed, "it is not a replica of the server in DATABASE_URL"},
		urlOf("127.0.0.1:1"):       {diagnosis.Failed, "start it, or correct the host and the port in DATABASE_READ_URL"},
	} {
		report := DiagnoseReplica(t.Context(), primary, url)
		if report.Worst() != want.worst || len(report) != 1 || !strings.Contains(report[0].Text, want.text) {
			t.Errorf("%s: the findings are %v, want %q", url, report, want.text)
		}
	}
}

// A server that did not follow a failover is not read, though it may have the same positions: its changes may be lost ones.
func TestReplicaOfAnotherTimeline(t *testing.T) {
	t.Parallel()
	primary := walPlace{system: 1, timeline: 2, at: "1/10"}
	if lag, err := primary.compare(walPlace{system: 1, timeline: 2, at: "0/FFFFFFFF"}); lag != 17 || err != nil {
		t.Errorf("the lag is %d, %v", lag, err)
	}
	for _, other := range []walPlace{{system: 1, timeline: 1, at: "1/10"}, {system: 3, timeline: 2, at: "1/10"}} {
		if _, err := primary.compare(other); err == nil {
			t.Errorf("%+v is read", other)
		}
	}
}

// After a failover, nothing is read on a replica that did not follow it, although it has all positions: the primary that is gone may
// have given it changes that the new one lost.
func TestReplicaThatDidNotFollow(t *testing.T) {
	t.Parallel()
	folder := systemtest.Folder(t)
	gone := systemtest.StartPostgres(t, folder, "-c", "wal_level=replica", "-c", "max_wal_senders=5")
	next, left := gone.Replica(t, folder, "next", "-c", "hot_standby=on"), gone.Replica(t, folder, "left", "-c", "hot_standby=on")
	url := urlOf(gone.Address()+","+next.Address()) + "&target_session_attrs=read-write"
	s, err := Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.ReadFrom(urlOf(left.Address()), slog.New(slog.DiscardHandler))
	base := &replicated{Service: collab.NewService(s, memory.NewBus(), nil, slog.New(slog.DiscardHandler), time.Now), store: s}
	r := base.in(t, "org")
	r.create(r.ada, collab.Patch{"name": "Acme"})
	r.awaitUse()
	written, err := gone.Count("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint")
	if err != nil {
		t.Fatal(err)
	}
	eventually.True(t, "the next primary has all changes", func() bool {
		replayed, err := next.Count("SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint")
		return err == nil && replayed >= written
	})

	gone.Kill()
	if err := next.Execute("SELECT pg_promote(wait => false)"); err != nil {
		t.Fatal(err)
	}
	eventually.True(t, "the new primary answers", func() bool { return s.Ping(t.Context()) == nil })
	before := r.reads(OnReplica)
	for range 20 {
		r.shows(r.ada, "Acme")
	}
	if read := r.reads(OnReplica) - before; read > 0 {
		t.Errorf("%d lists were read on the replica that was left", read)
	}
}
