package attack_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"

	"tandem/internal/collab"
)

func text(bytes int) string { return strings.Repeat("x", bytes) }

// An attack starts its work and returns; all of it ends with ctx.
type attack struct {
	name string
	do   func(ctx context.Context, e *scene)
}

// attacks are all attacks of the test.
var attacks = slices.Concat(sizes, floods, lists)

// sizes are attacks by large input, or that make the server hold or do much.
var sizes = []attack{
	{"a long name in thousands of messages", longNames},
	{"a long alias in a hundred nodes", asks(`{ customers(first: 100) { nodes { ` + text(900_000) + `: id } } }`)},
	{"full notes under sixty names", asks(manyNotes())},
	{"earlier versions of sixty customers with full notes, by ten people", manyStates},
	{"fifty searches in each operation", asks(manySearches())},
	{"searches that find nothing, with a count", asks(`{ customers(first: 25, filter: {search: "nothing has this"}) { totalCount } }`)},
	{"searches that many names nearly match", asks(`{ customers(first: 25, filter: {search: "gmbh acme gmbh"}) { totalCount } }`)},
	{"changes of a type that is absent", absentChanges},
	{"pings that inflate before the sign-in", earlyPings},
	{"pings that inflate", pings},
	{"brackets that inflate, as variables", inflatedVariables},
	{"brackets, in bodies", asks(`query { viewer { role } }`, strings.Repeat("[],", 300_000))},
	{"a socket that asks and does not read", unreadSocket},
	{"answers over HTTP that are not read", unreadHTTP},
	{"compressed answers over HTTP that are not read", unreadCompressed},
	{"bodies without their last byte", slowBodies},
	{"messages without their last byte", slowMessages},
	{"many subscribe messages at once", subscribeFlood},
	{"long comments in subscriptions", longComments},
	{"variables that no subscription declares", undeclaredVariables},
	{"long ids on a single stream", longOperationID},
	{"large events for many subscriptions", largeEvents},
	{"subscriptions that differ by a hair", hairSubscriptions},
	{"the smallest rate", smallestRate},
	{"resuming far back, again and again", resumeStorm},
	{"subscriptions that are not read", unreadSubscriptions},
	{"streams that are not read", unreadStreams},
	{"operations that are given up at once", givenUp},
	{"silent connections", silent},
	{"thousands of clients in a room", crowdedRoom},
	{"mutations by aliases", manyMutations},
	{"reservations of streams", reservations},
	{"documents of many words", asks(`{ viewer { ` + strings.Repeat("role ", 14_000) + `} }`)},
}

// asks sends an operation on twenty connections at once.
func asks(query string, padding ...string) func(context.Context, *scene) {
	variables := object{}
	for i, p := range padding {
		variables[fmt.Sprint("v", i)] = p
	}
	return func(ctx context.Context, e *scene) {
		viewer := e.viewer()
		flood(ctx, 20, func(ctx context.Context, _ int) error {
			response, err := viewer.post(ctx, object{"query": query, "variables": variables})
			if err != nil {
				return err
			}
			defer func() { _ = response.Body.Close() }()
			_, err = io.Copy(io.Discard, response.Body)
			return err
		})
	}
}

func manyNotes() string {
	var fields strings.Builder
	for i := range 60 {
		fmt.Fprintf(&fields, "n%d: notes ", i)
	}
	return `{ customers(first: 100) { nodes { ` + fields.String() + `} } }`
}

func manyStates(ctx context.Context, e *scene) {
	people := make([]*person, 10)
	for i := range people {
		people[i] = join(e.Address, "evil", fmt.Sprint("reader", i), collab.RoleViewer)
	}
	var fields strings.Builder
	for i := range 5 {
		fmt.Fprintf(&fields, "a%d: customers(first: 60) { nodes { stateAt(version: 1) { document } } } ", i)
	}
	flood(ctx, 4*len(people), func(ctx context.Context, i int) error {
		_, err := people[i%len(people)].ask(ctx, "{ "+fields.String()+"}", nil)
		return err
	})
}

func manySearches() string {
	var fields strings.Builder
	for i := range 50 {
		fmt.Fprintf(&fields, `s%d: customers(first: 1, filter: {search: "nothing %d"}) { totalCount } `, i, i)
	}
	return `{ ` + fields.String() + `}`
}

func absentChanges(ctx context.Context, e *scene) {
	flood(ctx, 20, func(ctx context.Context, _ int) error {
		_, err := e.viewer().ask(ctx, `query($after: Cursor!) { changes(after: $after, types: [MEETING]) { endCursor } }`, object{"after": e.Oldest})
		return err
	})
}

// onSockets calls do over and over, on a given number of sockets of a person at a time.
func onSockets(ctx context.Context, p *person, sockets int, do func(s *socket, i int) error) {
	flood(ctx, sockets, func(ctx context.Context, i int) error {
		s, err := p.connect(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = s.conn.CloseNow() }()
		if err := do(s, i); err != nil {
			return err
		}
		<-ctx.Done()
		return nil
	})
}

func longNames(ctx context.Context, e *scene) {
	var declared strings.Builder
	for i := range 3700 {
		fmt.Fprintf(&declared, "$v%d:Int ", i)
	}
	query := "query " + text(900_000) + "(" + declared.String() + ") { viewer { role } }"
	onSockets(ctx, e.viewer(), 4, func(s *socket, _ int) error { return s.subscribe(1, query, "{}") })
}

func earlyPings(ctx context.Context, e *scene) {
	ping := `{"type":"ping","payload":{"x":[` + strings.Repeat("[],", 330_000) + `0]}}`
	flood(ctx, 20, func(ctx context.Context, _ int) error {
		s, err := e.viewer().dial(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = s.conn.CloseNow() }()
		go s.drain()
		for err == nil {
			err = s.say(ping)
		}
		return err
	})
}

func pings(ctx context.Context, e *scene) {
	ping := `{"type":"ping","payload":{"x":[` + strings.Repeat("[],", 330_000) + `0]}}`
	onSockets(ctx, e.viewer(), 10, func(s *socket, _ int) (err error) {
		go s.drain()
		for err == nil {
			err = s.say(ping)
		}
		return err
	})
}

func inflatedVariables(ctx context.Context, e *scene) {
	variables := `{"x":[` + strings.Repeat("[],", 330_000) + `0]}`
	onSockets(ctx, e.viewer(), 50, func(s *socket, _ int) error {
		return s.subscribe(1, `{ viewer { role } }`, variables)
	})
}

func unreadSocket(ctx context.Context, e *scene) {
	onSockets(ctx, e.viewer(), 5, func(s *socket, _ int) (err error) {
		for i := 0; i < 100 && err == nil; i++ {
			err = s.subscribe(i, `{ customers(first: 100) { nodes { a: notes b: notes } } }`, "{}")
		}
		return err
	})
}

// rawRequest sends a part of a request and then nothing, and reads nothing.
func rawRequest(ctx context.Context, e *scene, request string) error {
	conn, err := net.Dial("tcp", e.Address)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, request); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

func (p *person) head(length int) string {
	return "POST /graphql HTTP/1.1\r\nHost: " + p.address + "\r\nContent-Type: application/json\r\nAuthorization: Bearer " + p.token +
		fmt.Sprintf("\r\nContent-Length: %d\r\n\r\n", length)
}

func unreadHTTP(ctx context.Context, e *scene) {
	body := `{"query":"{ customers(first: 100) { nodes { a: notes b: notes c: notes d: notes } } }"}`
	flood(ctx, 60, func(ctx context.Context, _ int) error { return rawRequest(ctx, e, e.viewer().head(len(body))+body) })
}

func unreadCompressed(ctx context.Context, e *scene) {
	body := `{"query":"{ customers(first: 100) { nodes { a: notes b: notes c: notes d: notes } } }"}`
	head := strings.Replace(e.viewer().head(len(body)), "Content-Type", "Accept-Encoding: gzip\r\nContent-Type", 1)
	flood(ctx, 60, func(ctx context.Context, _ int) error { return rawRequest(ctx, e, head+body) })
}

func slowBodies(ctx context.Context, e *scene) {
	body := `{"query":"{ viewer { role } }","x":"` + text(1_000_000) + `"}`
	flood(ctx, 200, func(ctx context.Context, _ int) error {
		return rawRequest(ctx, e, e.viewer().head(len(body))+body[:len(body)-1])
	})
}

func slowMessages(ctx context.Context, e *scene) {
	onSockets(ctx, e.viewer(), 90, func(s *socket, _ int) error {
		w, err := s.conn.Writer(s.ctx, 1) // a text message
		if err == nil {
			_, err = w.Write([]byte(`{"id":"1","type":"subscribe","payload":{"query":"` + text(1_000_000)))
		}
		return err
	})
}

func subscribeFlood(ctx context.Context, e *scene) {
	variables := `{"x":[` + strings.Repeat("[],", 5000) + `0]}`
	onSockets(ctx, e.viewer(), 20, func(s *socket, _ int) (err error) {
		for i := 0; i < 1000 && err == nil; i++ {
			err = s.subscribe(i, `{ customers(first: 100) { nodes { notes } } }`, variables)
		}
		return err
	})
}

const following = `subscription { entityChanged { ... on CustomerChange { customer { id } } } }`

func longComments(ctx context.Context, e *scene) {
	onSockets(ctx, e.viewer(), 10, func(s *socket, i int) (err error) {
		go s.drain()
		for n := 0; n < 30 && err == nil; n++ {
			err = s.subscribe(n, following+fmt.Sprintf("# %d %d ", i, n)+text(900_000), "{}")
		}
		return err
	})
}

func undeclaredVariables(ctx context.Context, e *scene) {
	onSockets(ctx, e.viewer(), 10, func(s *socket, _ int) (err error) {
		go s.drain()
		for n := 0; n < 30 && err == nil; n++ {
			err = s.subscribe(n, following, fmt.Sprintf(`{"x%d":"%s"}`, n, text(900_000)))
		}
		return err
	})
}

func longOperationID(ctx context.Context, e *scene) {
	flood(ctx, 10, func(ctx context.Context, _ int) error {
		token, err := e.viewer().reserve(ctx)
		if err != nil {
			return err
		}
		body := fmt.Sprintf(`{"query":"{ viewer { role } }","extensions":{"operationId":%q}}`, text(900_000))
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+e.Address+"/graphql/stream", strings.NewReader(body))
		if err != nil {
			return err
		}
		request.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + e.viewer().token}, "X-Graphql-Event-Stream-Token": {token}}
		response, err := e.viewer().http.Do(request)
		if err == nil {
			_ = response.Body.Close()
		}
		return err
	})
}

// reserve reserves a single stream.
func (p *person) reserve(ctx context.Context) (token string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, "http://"+p.address+"/graphql/stream", nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("Authorization", "Bearer "+p.token)
	response, err := p.http.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusCreated {
		err = fmt.Errorf("%s", response.Status)
	}
	return string(body), err
}

func reservations(ctx context.Context, e *scene) {
	flood(ctx, 20, func(ctx context.Context, _ int) error {
		_, err := e.viewer().reserve(ctx)
		return err
	})
}

func givenUp(ctx context.Context, e *scene) {
	onSockets(ctx, e.viewer(), 10, func(s *socket, _ int) (err error) {
		go s.drain()
		for n := 0; err == nil; n++ {
			if err = s.subscribe(n, `{ customers(first: 100, filter: {search: "nothing has this"}) { totalCount nodes { notes } } }`, "{}"); err == nil {
				err = s.say(fmt.Sprintf(`{"id":"%d","type":"complete"}`, n))
			}
		}
		return err
	})
}

func silent(ctx context.Context, e *scene) {
	flood(ctx, connections*3/2, func(ctx context.Context, _ int) error { return rawRequest(ctx, e, "") })
}

func crowdedRoom(ctx context.Context, e *scene) {
	flood(ctx, 20, func(ctx context.Context, i int) error {
		_, err := e.viewer().ask(ctx, `mutation($client: ID!) { heartbeat(room: "r", clientId: $client) { __typename } }`, object{"client": fmt.Sprint("client-", i)})
		return err
	})
}

func manyMutations(ctx context.Context, e *scene) {
	var fields strings.Builder
	for i := range 50 {
		fmt.Fprintf(&fields, `m%d: addComment(input: {entityId: "%s", body: "%s"}) { __typename } `, i, e.Customers[1], text(2000))
	}
	flood(ctx, 4, func(ctx context.Context, _ int) error {
		_, err := e.member().ask(ctx, `mutation { `+fields.String()+`}`, nil)
		return err
	})
}
