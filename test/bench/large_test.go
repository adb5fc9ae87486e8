//go:build large

package bench_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"text/tabwriter"
	"time"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// The size of the large organization, and of the small one beside it.
const (
	largeCustomers = 200_000
	largeChanges   = 1_000_000
	smallCustomers = 60
)

// Each query is measured this many times in total, with this many running at a time.
const (
	atATime = 20
	rounds  = 2000
)

// largeQueries are the queries that are measured, and the person who asks each.
var largeQueries = []struct{ what, who, query string }{
	{"first page", "ada", `customers(first: 25) { nodes { id name } }`},
	{"first page and count", "ada", `customers(first: 25) { totalCount nodes { id name } }`},
	{"first page by name and count", "ada", `customers(first: 25, orderBy: NAME_ASC) { totalCount nodes { id name } }`},
	{"count by status, one who sees less", "ben", `customers(first: 25, filter: { status: [CHURNED] }) { totalCount nodes { id name } }`},
	{"common word", "ada", `customers(first: 25, filter: { search: "gmbh" }) { nodes { id name } }`},
	{"common word and count", "ada", `customers(first: 25, filter: { search: "gmbh" }) { totalCount nodes { id name } }`},
	{"common word and count, one who sees less", "ben", `customers(first: 25, filter: { search: "gmbh" }) { totalCount nodes { id name } }`},
	{"common word, status and owner and count", "ada", `customers(first: 25, filter: { search: "gmbh", status: [LEAD], ownerId: "ben" }) { totalCount nodes { id name } }`},
	{"common word of a status that is absent", "ada", `customers(first: 25, filter: { search: "gmbh", status: [PROSPECT] }) { totalCount nodes { id name } }`},
	{"medium word (1 of 50)", "ada", `customers(first: 25, filter: { search: "südwind" }) { nodes { id name } }`},
	{"medium word (1 of 50) and count", "ada", `customers(first: 25, filter: { search: "südwind" }) { totalCount nodes { id name } }`},
	{"seldom word (1 of 400)", "ada", `customers(first: 25, filter: { search: "nordlicht" }) { nodes { id name } }`},
	{"two words and count", "ada", `customers(first: 25, filter: { search: "nordlicht gmbh" }) { totalCount nodes { id name } }`},
	{"seldom word (1 of 400) and count", "ada", `customers(first: 25, filter: { search: "nordlicht" }) { totalCount nodes { id name } }`},
	{"one hit", "ada", `customers(first: 25, filter: { search: "xylophon" }) { nodes { id name } }`},
	{"one hit and count", "ada", `customers(first: 25, filter: { search: "xylophon" }) { totalCount nodes { id name } }`},
	{"no hit", "ada", `customers(first: 25, filter: { search: "qqzzqq" }) { nodes { id name } }`},
	{"no hit and count", "ada", `customers(first: 25, filter: { search: "qqzzqq" }) { totalCount nodes { id name } }`},
	{"one letter and count", "ada", `customers(first: 25, filter: { search: "e" }) { totalCount nodes { id name } }`},
	{"two letters and count", "ada", `customers(first: 25, filter: { search: "na" }) { totalCount nodes { id name } }`},
	{"two letters, no hit, and count", "ada", `customers(first: 25, filter: { search: "qz" }) { totalCount nodes { id name } }`},
	{"small organization, common word and count", "sue", `customers(first: 25, filter: { search: "gmbh" }) { totalCount nodes { id name } }`},
	{"activity", "ada", `activity(first: 25) { nodes { __typename id } }`},
	{"activity of an absent type", "ada", `activity(first: 25, filter: { types: [COMMENT] }) { nodes { __typename id } }`},
	{"activity of somebody who did nothing", "ada", `activity(first: 25, feed: { type: USER, entityId: "ben" }) { nodes { __typename id } }`},
	{"activity of a person, of an absent type", "ada", `activity(first: 25, filter: { userIds: ["ada"], types: [COMMENT] }) { nodes { __typename id } }`},
	{"activity before the first", "ada", `activity(first: 25, filter: { until: "2020-01-01T00:00:00Z" }) { nodes { __typename id } }`},
	{"changes from the beginning", "ada", `changes(first: 25) { endCursor }`},
	{"changes of one kind", "ada", `changes(first: 25, types: [CUSTOMER]) { endCursor }`},
	{"changes of an absent kind", "ada", `changes(first: 25, types: [MEETING]) { endCursor }`},
}

// TestLarge prints how long typical queries of a large organization take. It is not a test: no figure can fail it.
func TestLarge(t *testing.T) {
	columns := map[string][]time.Duration{} // for each store
	stores := []struct {
		name string
		fill func(*testing.T) (map[string]string, collab.Store)
	}{{"SQLite", fillSQLite}, {"Postgres", fillPostgres}}
	for _, store := range stores {
		began := time.Now()
		settings, indexer := store.fill(t)
		fmt.Printf("%s: filled in %v\n", store.name, time.Since(began).Round(time.Second))
		began = time.Now()
		indexAll(t, indexer)
		indexer.Close()
		fmt.Printf("%s: indexed in %v\n", store.name, time.Since(began).Round(time.Second))
		measureLarge(t, store.name, settings, columns)
	}
	printLarge(columns)
}

// measureLarge measures all queries on a store.
func measureLarge(t *testing.T, store string, settings map[string]string, columns map[string][]time.Duration) {
	t.Helper()
	at := servertest.Start(t, settings)
	people := map[string]*servertest.Person{
		"ada": servertest.Join(t, at, "large", "ada", collab.RoleAdmin), "ben": servertest.Join(t, at, "large", "ben", collab.RoleMember),
		"sue": servertest.Join(t, at, "small", "sue", collab.RoleMember),
	}
	database := settings["DATABASE_URL"]
	if strings.HasPrefix(database, "sqlite:") {
		database = ""
	}
	for _, q := range largeQueries {
		took := measure(t, people[q.who], database, "{ "+q.query+" }")
		fmt.Printf("%s: %s: p50 %v, p99 %v, CPU %v\n", store, q.what, took[0], took[1], took[2])
		columns[q.what] = append(columns[q.what], took...)
	}
	at.Drain(t)
}

// printLarge prints the table of docs/performance.md.
func printLarge(columns map[string][]time.Duration) {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 1, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "| ms, %d at a time\t| SQLite p50\t| p99\t| CPU\t| Postgres p50\t| p99\t| CPU\t|\n|---\t|--:\t|--:\t|--:\t|--:\t|--:\t|--:\t|\n", atATime)
	for _, q := range largeQueries {
		fmt.Fprintf(table, "| %s\t", q.what)
		for _, d := range columns[q.what] {
			fmt.Fprintf(table, "| %.1f\t", float64(d.Microseconds())/1000)
		}
		fmt.Fprintln(table, "|")
	}
	_ = table.Flush()
}

func indexAll(t *testing.T, store collab.Store) {
	t.Helper()
	for {
		orgIDs, err := store.Unindexed(t.Context(), 256)
		if err != nil {
			t.Fatal(err)
		}
		if len(orgIDs) == 0 {
			return
		}
		for _, orgID := range orgIDs {
			for more := true; more; {
				if more, err = store.Index(t.Context(), orgID, 256); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// measure runs a query again and again, and returns the median, p99, and the processor time that client, server
// and database use for one run.
func measure(t *testing.T, p *servertest.Person, database, query string) []time.Duration {
	t.Helper()
	body, err := json.Marshal(servertest.Object{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: atATime}}
	var mu sync.Mutex
	var all []time.Duration
	ask := func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.At.URL+"/graphql", bytes.NewReader(body))
		if err != nil {
			return err
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", "Bearer "+p.Token)
		began := time.Now()
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		answer, err := io.ReadAll(response.Body)
		if err == nil && strings.Contains(string(answer), `"errors"`) {
			err = fmt.Errorf("%s answers %s", query, answer)
		}
		mu.Lock()
		all = append(all, time.Since(began))
		mu.Unlock()
		return err
	}
	var meter *cpuMeter
	for warm := true; ; warm = false {
		all = nil
		meter = measureCPU(t, database)
		var left atomic.Int64
		left.Store(rounds)
		if warm {
			left.Store(2 * atATime)
		}
		var asking sync.WaitGroup
		for range atATime {
			asking.Go(func() {
				for left.Add(-1) >= 0 {
					if err := ask(t.Context()); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		asking.Wait()
		if !warm {
			break
		}
	}
	slices.Sort(all)
	return []time.Duration{all[len(all)/2], all[len(all)*99/100], meter.used(t) / rounds}
}
