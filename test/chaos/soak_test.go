package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"tandem/internal/collab"
	"tandem/internal/servertest"
	"tandem/internal/systemtest"
)

const (
	// soakTime is how long the soak of the test command takes; SOAK_TIME is another length.
	soakTime = time.Minute
	// visitors are how many clients come and go at a time.
	visitors = 24
	// rooms are how many rooms they enter.
	rooms = 20
)

// TestSoak lets people come, write, comment and go, and holds the system to needing no more in the last quarter of the time than in
// the second: memory, goroutines and descriptors of the instances, keys of Redis, sessions of Postgres.
func TestSoak(t *testing.T) {
	length := soakTime
	if text := os.Getenv("SOAK_TIME"); text != "" {
		var err error
		if length, err = time.ParseDuration(text); err != nil {
			t.Fatalf("SOAK_TIME: %v; give it as 2m, 20m or 1h", err)
		}
	}
	s := startSystem(t)
	l := startLoad(t, s)
	ctx, end := context.WithCancel(t.Context())
	var coming sync.WaitGroup
	for i := range visitors {
		coming.Go(func() { visit(ctx, s, l, i) })
	}
	samples := watch(t, s, length)
	end()
	coming.Wait()
	l.stop()
	l.wantLog(t)
	quarter := len(samples) / 4
	early, late := summarize(samples[quarter:2*quarter]), summarize(samples[3*quarter:])
	told := "soak: " + length.String() + ", second quarter and last quarter\n"
	for i, m := range measures {
		told += fmt.Sprintf("%28s %12.0f %12.0f\n", m.name, early[i], late[i])
		if most := early[i]*1.25 + m.slack; late[i] > most {
			t.Errorf("%s grows: %.0f in the second quarter, %.0f in the last", m.name, early[i], late[i])
		}
	}
	fmt.Println(told)
}

// A measure is something that must not grow.
type measure struct {
	name  string
	slack float64 // what it may differ by, beside a quarter
	of    func(*testing.T, *system) float64
	// quarter is how the samples of a quarter become one number.
	quarter func([]float64) float64
}

var measures = []measure{
	{"heap of A, bytes", 8 << 20, ofInstance(0, "go_memstats_heap_alloc_bytes"), slices.Min[[]float64]},
	{"heap of B, bytes", 8 << 20, ofInstance(1, "go_memstats_heap_alloc_bytes"), slices.Min[[]float64]},
	{"goroutines of A", 60, ofInstance(0, "go_goroutines"), median},
	{"goroutines of B", 60, ofInstance(1, "go_goroutines"), median},
	{"descriptors of A", 30, ofInstance(0, "process_open_fds"), median},
	{"descriptors of B", 30, ofInstance(1, "process_open_fds"), median},
	{"keys of Redis", 60, keysOfRedis, median},
	{"sessions of Postgres", 5, sessionsOfPostgres, median},
}

// ofInstance returns a metric. The heap of a quarter is its least, which is what a collection leaves.
func ofInstance(number int, series string) func(*testing.T, *system) float64 {
	return func(t *testing.T, s *system) float64 {
		_, scrape := servertest.Get(t, s.instances[number].metrics)
		value := servertest.Value(scrape, series)
		if value < 0 {
			t.Fatalf("there is no %s", series)
		}
		return value
	}
}

// keysOfRedis counts all keys but those of scrapes, each of which tries presence in a room of its own, and a limit of its own. Their keys
// live for a minute.
func keysOfRedis(t *testing.T, s *system) (n float64) {
	out, err := exec.Command("redis-cli", "-p", s.redisPort, "--scan").Output()
	if err != nil {
		t.Fatal(err)
	}
	for key := range strings.Lines(string(out)) {
		if !strings.Contains(key, "%40probe") {
			n++
		}
	}
	return n
}

func sessionsOfPostgres(t *testing.T, s *system) float64 {
	n, err := s.postgres.Count("SELECT count(*)::int FROM pg_stat_activity WHERE usename = 'tandem'")
	if err != nil {
		t.Fatal(err)
	}
	return float64(n)
}

func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}

// watch takes 80 samples of all measures over a time.
func watch(t *testing.T, s *system, length time.Duration) (samples [][]float64) {
	t.Helper()
	const count = 80
	tick := time.NewTicker(length / count)
	defer tick.Stop()
	for range count {
		<-tick.C
		var sample []float64
		for _, m := range measures {
			sample = append(sample, m.of(t, s))
		}
		samples = append(samples, sample)
	}
	return samples
}

// summarize makes one number of the samples of each measure.
func summarize(samples [][]float64) (of []float64) {
	for i, m := range measures {
		var values []float64
		for _, sample := range samples {
			values = append(values, sample[i])
		}
		of = append(of, m.quarter(values))
	}
	return of
}

// visit has a person come, look and go, again and again, each time as another client: half of the times without a word.
func visit(ctx context.Context, s *system, l *load, number int) {
	person := fmt.Sprint("visitor", number)
	token := systemtest.Sign(l.org, person, person, collab.RoleMember)
	read := any(nil)
	for n := 0; ctx.Err() == nil; n++ {
		at := s.instances[n%len(s.instances)]
		f := &follower{token: token, query: everything, variables: systemtest.Object{}, client: http.DefaultClient}
		conn, err := f.connect(ctx, at.url)
		if err != nil {
			continue // the end of the test, or of the server's patience
		}
		look(ctx, conn, fmt.Sprint("room ", rand.IntN(rooms)), fmt.Sprint(person, "-", n))
		comment := `mutation ($id: ID!, $to: [ID!]!) { addComment(input: {entityId: $id, body: "Look at this.", mentionIds: $to}) { __typename } }`
		systemtest.Ask(at.url, token, comment, systemtest.Object{"id": l.probes[0].customer, "to": []string{fmt.Sprint("visitor", (number+1)%visitors)}})
		if inbox, ok := systemtest.Ask(at.url, token, `{ notifications(first: 1) { nodes { cursor } } }`, nil).Data["notifications"].(systemtest.Object); ok {
			for _, node := range inbox["nodes"].([]any) {
				read = node.(systemtest.Object)["cursor"]
			}
		}
		systemtest.Ask(at.url, token, `mutation ($read: Cursor) { markNotificationsRead(upTo: $read) }`, systemtest.Object{"read": read})
		if n%2 == 0 {
			_ = conn.Close(websocket.StatusNormalClosure, "")
		}
		_ = conn.CloseNow()
	}
}

// look enters a room as a client and reads for a moment.
func look(ctx context.Context, conn *websocket.Conn, room, client string) {
	enter := systemtest.Object{"id": "2", "type": "subscribe", "payload": systemtest.Object{
		"query":     `subscription ($room: ID!, $client: ID) { presence(room: $room, clientId: $client) { __typename } }`,
		"variables": systemtest.Object{"room": room, "client": client}}}
	if conn.Write(ctx, websocket.MessageText, encode(enter)) != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(200+rand.IntN(1500))*time.Millisecond)
	defer cancel()
	for {
		if _, _, err := conn.Read(ctx); err != nil {
			return
		}
	}
}
