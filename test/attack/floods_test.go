package attack_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"tandem/internal/collab"
)

// floods are attacks by many small requests, and by input that is hard to parse.
var floods = []attack{
	{"fields in one another", asks(strings.Repeat("{ a ", 5_000) + strings.Repeat("}", 5_000))},
	{"lists in one another, in the document", asks(`{ nodes(ids: ` + strings.Repeat("[", 7_000) + strings.Repeat("]", 7_000) + `) { id } }`)},
	{"directives without end", asks(`{ viewer ` + strings.Repeat("@include(if: true) ", 2_000) + `{ role } }`)},
	{"a large fragment in ten places", asks(largeFragment())},
	{"fragments of fragments", asks(fragmentBomb())},
	{"an alias for each letter", asks(aliases())},
	{"lists of a hundred thousand in variables", hugeLists},
	{"searches of four requests at a time", fewSearches},
	{"subscriptions with hundreds of aliases", aliasedSubscriptions},
	{"subscribing and completing", completeFlood},
	{"one id again and again", sameID},
	{"payloads of sixty kilobytes to sign in with", signInPayloads},
	{"tokens that nobody signed", forgedTokens},
	{"headers of sixty kilobytes", headerFlood},
	{"headers without their end", slowHeaders},
	{"queries of sixty kilobytes in the URL", longURLs},
	{"bodies that say they are compressed", compressedBodies},
	{"documents by hashes that are new each time", newDocuments},
	{"documents that are new each time", differentDocuments},
	{"cursors and places that are garbage", garbageCursors},
	{"rooms with long names", roomNames},
	{"watching a room each time another", roomSubscriptions},
	{"single streams that are opened and not read", unreadSingleStreams},
	{"many short streams", shortStreams},
	{"edits of an old version by aliases", staleEdits},
	{"mentions of everybody", mentions},
	{"requests that are cut off", cutOff},
}

func largeFragment() string {
	var fields, uses strings.Builder
	for i := range 3_000 {
		fmt.Fprintf(&fields, "n%d%s: role ", i, text(150))
	}
	for i := range 10 {
		fmt.Fprintf(&uses, "v%d: viewer { ...F } ", i)
	}
	return "{ " + uses.String() + "} fragment F on Viewer { " + fields.String() + "}"
}

func fragmentBomb() string {
	document := strings.Builder{}
	document.WriteString("{ viewer { ...F0 } } ")
	for i := range 200 {
		fmt.Fprintf(&document, "fragment F%d on Viewer { ...F%d ...F%d } ", i, i+1, i+1)
	}
	return document.String() + "fragment F200 on Viewer { role }"
}

func aliases() string {
	var fields strings.Builder
	for i := range 5_000 {
		fmt.Fprintf(&fields, "v%d: viewer { role } ", i)
	}
	return "{ " + fields.String() + "}"
}

func hugeLists(ctx context.Context, e *scene) {
	ids := make([]string, 100_000)
	for i := range ids {
		ids[i] = fmt.Sprint(i)
	}
	flood(ctx, 4, func(ctx context.Context, _ int) error {
		_, err := e.viewer().ask(ctx, `query($ids: [ID!]!) { nodes(ids: $ids) { id } }`, object{"ids": ids})
		return err
	})
}

func fewSearches(ctx context.Context, e *scene) {
	var fields strings.Builder
	for i := range 19 {
		fmt.Fprintf(&fields, `s%d: customers(first: 1, filter: {search: "gmbh acme %d gmbh"}) { nodes { id } } `, i, i)
	}
	flood(ctx, 4, func(ctx context.Context, _ int) error {
		_, err := e.viewer().ask(ctx, "{ "+fields.String()+"}", nil)
		return err
	})
}

func aliasedSubscriptions(ctx context.Context, e *scene) {
	var fields strings.Builder
	for i := range 150 {
		fmt.Fprintf(&fields, "n%d: name ", i)
	}
	manySubscriptions(ctx, e, 400, func(i int) string {
		return fmt.Sprintf(`subscription { customerChanged { customer { a%d: id %s } } }`, i, fields.String())
	})
	editing(ctx, e)
}

func completeFlood(ctx context.Context, e *scene) {
	onSockets(ctx, e.viewer(), 10, func(s *socket, _ int) (err error) {
		go s.drain()
		for n := 0; err == nil; n++ {
			if err = s.subscribe(n, following, "{}"); err == nil {
				err = s.say(fmt.Sprintf(`{"id":"%d","type":"complete"}`, n))
			}
		}
		return err
	})
}

func sameID(ctx context.Context, e *scene) {
	onSockets(ctx, e.viewer(), 10, func(s *socket, _ int) (err error) {
		go s.drain()
		for err == nil {
			err = s.subscribe("1", following, "{}")
		}
		return err
	})
}

func signInPayloads(ctx context.Context, e *scene) {
	payload := `{"type":"connection_init","payload":{"authorization":"Bearer ` + e.viewer().token + `","x":` +
		strings.Repeat(`{"x":`, 9_000) + "1" + strings.Repeat("}", 9_000) + `}}`
	flood(ctx, 20, func(ctx context.Context, _ int) error {
		s, err := e.viewer().dial(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = s.conn.CloseNow() }()
		if err := s.say(payload); err != nil {
			return err
		}
		_, err = s.read()
		return err
	})
}

// send sends a request unchanged and reads the answer.
func send(e *scene, request *http.Request, err error) error {
	if err != nil {
		return err
	}
	response, err := e.viewer().http.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	_, err = io.Copy(io.Discard, response.Body)
	return err
}

// requests sends requests of one kind on twenty connections at once.
func requests(ctx context.Context, e *scene, make func(ctx context.Context, i int) (*http.Request, error)) {
	flood(ctx, 20, func(ctx context.Context, i int) error {
		request, err := make(ctx, i)
		return send(e, request, err)
	})
}

// newPost returns a request with a body, as a viewer.
func newPost(ctx context.Context, e *scene, body string) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+e.Address+"/graphql", strings.NewReader(body))
	if err == nil {
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", "Bearer "+e.viewer().token)
	}
	return request, err
}

// zeros is a gzip of ten megabytes of zeros.
func zeros() string {
	var compressed bytes.Buffer
	w := gzip.NewWriter(&compressed)
	_, _ = w.Write(make([]byte, 10<<20)) // a buffer accepts everything
	_ = w.Close()
	return compressed.String()
}

const small = `{"query":"{ viewer { role } }"}`

func forgedTokens(ctx context.Context, e *scene) {
	requests(ctx, e, func(ctx context.Context, i int) (*http.Request, error) {
		request, err := newPost(ctx, e, small)
		if err == nil {
			request.Header.Set("Authorization", fmt.Sprint(request.Header.Get("Authorization"), i))
		}
		return request, err
	})
}

func headerFlood(ctx context.Context, e *scene) {
	requests(ctx, e, func(ctx context.Context, _ int) (*http.Request, error) {
		request, err := newPost(ctx, e, small)
		if err == nil {
			for i := range 3_000 {
				request.Header.Set(fmt.Sprint("X-", i), "0123456789")
			}
		}
		return request, err
	})
}

func slowHeaders(ctx context.Context, e *scene) {
	flood(ctx, connections/2, func(ctx context.Context, _ int) error {
		return rawRequest(ctx, e, "POST /graphql HTTP/1.1\r\nHost: x\r\nX-Pad: "+text(30_000))
	})
}

func longURLs(ctx context.Context, e *scene) {
	query := url.QueryEscape("{ viewer { role } } #" + text(60_000))
	requests(ctx, e, func(ctx context.Context, _ int) (*http.Request, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+e.Address+"/graphql?query="+query, nil)
		if err == nil {
			request.Header.Set("Authorization", "Bearer "+e.viewer().token)
		}
		return request, err
	})
}

func compressedBodies(ctx context.Context, e *scene) {
	bomb := zeros()
	requests(ctx, e, func(ctx context.Context, _ int) (*http.Request, error) {
		request, err := newPost(ctx, e, bomb)
		if err == nil {
			request.Header.Set("Content-Encoding", "gzip")
		}
		return request, err
	})
}

func newDocuments(ctx context.Context, e *scene) {
	requests(ctx, e, func(ctx context.Context, i int) (*http.Request, error) {
		query := fmt.Sprintf("{ viewer { role } } # %d %s", i, text(30_000))
		hash := sha256.Sum256([]byte(query))
		return newPost(ctx, e, fmt.Sprintf(`{"query":%q,"extensions":{"persistedQuery":{"version":1,"sha256Hash":%q}}}`, query, hex.EncodeToString(hash[:])))
	})
}

func differentDocuments(ctx context.Context, e *scene) {
	requests(ctx, e, func(ctx context.Context, i int) (*http.Request, error) {
		return newPost(ctx, e, fmt.Sprintf(`{"query":"query Q%d { viewer { %s } }"}`, i, strings.Repeat("role ", 5_000)))
	})
}

func garbageCursors(ctx context.Context, e *scene) {
	flood(ctx, 20, func(ctx context.Context, i int) error {
		_, err := e.viewer().ask(ctx, `query($a: Cursor!, $p: String) { changes(after: $a) { endCursor } customers(after: $p) { nodes { id } } }`,
			object{"a": fmt.Sprint(i, text(100_000)), "p": fmt.Sprint(i, text(100_000))})
		return err
	})
}

func roomNames(ctx context.Context, e *scene) {
	flood(ctx, 20, func(ctx context.Context, i int) error {
		_, err := e.viewer().ask(ctx, `mutation($room: ID!) { heartbeat(room: $room, clientId: "c") { __typename } }`, object{"room": fmt.Sprint(i, text(240))})
		return err
	})
}

func roomSubscriptions(ctx context.Context, e *scene) {
	manySubscriptions(ctx, e, 2_000, func(i int) string {
		return fmt.Sprintf(`subscription { presence(room: "%d%s", clientId: "c%d") { __typename } }`, i, text(240), i)
	})
}

func unreadSingleStreams(ctx context.Context, e *scene) {
	flood(ctx, 90, func(ctx context.Context, _ int) error {
		token, err := e.viewer().reserve(ctx)
		if err != nil {
			return err
		}
		return rawRequest(ctx, e, "GET /graphql/stream?token="+token+" HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer "+
			e.viewer().token+"\r\n\r\n")
	})
	editing(ctx, e)
}

func shortStreams(ctx context.Context, e *scene) {
	flood(ctx, 40, func(ctx context.Context, _ int) error {
		request, err := newPost(ctx, e, `{"query":"subscription { customerChanged { cursor } }"}`)
		if err != nil {
			return err
		}
		request.Header.Set("Accept", "text/event-stream")
		response, err := e.viewer().http.Do(request)
		if err == nil {
			_ = response.Body.Close()
		}
		return err
	})
}

func staleEdits(ctx context.Context, e *scene) {
	var fields strings.Builder
	for i := range 50 {
		fmt.Fprintf(&fields, `m%d: updateCustomer(input: {id: "%s", baseVersion: 1, patch: {notes: "%d"}}) { __typename } `, i, e.Customers[0], i)
	}
	other := join(e.Address, "evil", "oscar", collab.RoleMember)
	editing(ctx, e)
	flood(ctx, 4, func(ctx context.Context, _ int) error {
		_, err := other.ask(ctx, "mutation { "+fields.String()+"}", nil)
		return err
	})
}

func mentions(ctx context.Context, e *scene) {
	flood(ctx, 8, func(ctx context.Context, _ int) error {
		ids := strings.Repeat(`"eve", "mallory", "oscar", `, 300)
		_, err := e.member().ask(ctx, `mutation { addComment(input: {entityId: "`+e.Customers[2]+`", body: "x", mentionIds: [`+ids+`]}) { __typename } }`, nil)
		return err
	})
}

func cutOff(ctx context.Context, e *scene) {
	body := `{"query":"{ customers(first: 100) { nodes { notes } } }"}`
	flood(ctx, 40, func(ctx context.Context, _ int) error {
		ended, cancel := context.WithCancel(ctx)
		cancel() // so that the connection is closed at once
		return rawRequest(ended, e, e.viewer().head(len(body))+body)
	})
}
