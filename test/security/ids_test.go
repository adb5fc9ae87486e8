package security_test

import (
	"encoding/base64"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// A request with an id of another organization gets exactly the answer that it gets with an id that never existed,
// wherever the schema takes an id, a cursor or a place. The test finds arguments that are added to the schema by
// itself. The embedded store gets a third of the ids that an argument does not take, and Postgres all of them.
func TestIDsOfOtherOrganizations(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]func(testing.TB) map[string]string{"sqlite": servertest.Embedded, "postgres": servertest.Shared} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			with := settings(t)
			with["METRICS_ADDR"] = servertest.FreeAddress(t)
			with["MAX_CONNECTIONS_PER_PERSON"] = "1000" // also bounds the subscriptions that nobody shares: there is one for each id
			a := newIDAttack(t, servertest.Start(t, with))
			a.sparse = name == "sqlite"
			a.metrics = "http://" + with["METRICS_ADDR"] + "/metrics"
			a.victim.Stay()
			a.subscriptions = openSubscriptions(t, a.metrics)
			before := a.dump()
			a.ask(ast.Query)
			a.ask(ast.Mutation)
			servertest.Want(t, "what the victim has, afterwards", a.dump(), before)
			a.follow()
			a.control()
		})
	}
}

// An idAttack is a victim and two organizations with the same content. A person in one asks with the victim's ids,
// a person in the other with ids that never existed.
type idAttack struct {
	t             *testing.T
	schema        *ast.Schema
	takers        []servertest.Argument
	victim        *servertest.Tenant
	eve, innocent *servertest.Tenant
	metrics       string  // the metrics address of the instance
	sparse        bool    // an argument gets only a third of the ids that it does not take
	subscriptions float64 // the number open while nothing is tried
}

func newIDAttack(t *testing.T, at *servertest.Instance) *idAttack {
	t.Helper()
	a := &idAttack{t: t, schema: servertest.ParseSchema(t), victim: servertest.Settle(t, at, "acme", "victoria", "zanzibar")}
	a.eve, a.innocent = servertest.Settle(t, at, "evil 1", "eve", "plain"), servertest.Settle(t, at, "evil 2", "eve", "plain")
	for _, of := range servertest.Arguments(t, a.schema) {
		switch {
		case of.Kind().Name() == "ID" && of.KindOf() == "":
			t.Errorf("%s takes an id: say in kindOfID (security_belongings_test.go) of which kind it is, so that it is tried", of.Name)
		case of.Kind().Name() == "String" && of.Last() == "after" && a.victim.Places[of.Field().Type.Name()] == "":
			t.Errorf("%s takes a place of %s: have stock (security_belongings_test.go) note one", of, of.Field().Type.Name())
		case of.Kind().Name() == "ID", of.Kind().Name() == "Cursor", of.Last() == "after":
			a.takers = append(a.takers, of)
		}
	}
	if len(a.takers) < 80 {
		t.Errorf("found %d arguments that take ids; where are the others?", len(a.takers))
	}
	return a
}

// An attempt is an id of the victim where the schema takes one, and one that never existed.
type attempt struct {
	of           servertest.Argument
	kind         string
	theirs, none string
}

func (a attempt) String() string { return fmt.Sprintf("%s with the %s %s", a.of, a.kind, a.theirs) }

// attempts are all ids of the victim that can be sent for an argument.
func (a *idAttack) attempts(of servertest.Argument) (all []attempt) {
	v := a.victim
	switch {
	case of.Kind().Name() == "Cursor":
		cursor, err := collab.ParseCursor(v.Ids["cursor"])
		if err != nil {
			a.t.Fatal(err)
		}
		cursor.Epoch ^= 1
		return []attempt{{of, "cursor", v.Ids["cursor"], cursor.String()}}
	case of.Last() == "after":
		for kind, place := range v.Places {
			all = append(all, attempt{of, "place of " + kind, place, placeOfNone(a.t, place)})
		}
	default:
		for i, kind := range slices.Sorted(maps.Keys(v.Ids)) {
			id, takes := v.Ids[kind], of.KindOf() == "" || of.KindOf() == kind
			if of.KindOf() == "mutation" && !takes {
				continue // the client chooses it, so no other kind is looked up
			}
			if a.sparse && !takes && (i+len(of.String()))%3 != 0 {
				continue
			}
			none := id[:len(id)-3] + "zzz"
			if kind == "colleague" { // the colleague is in all three organizations
				none = id
			}
			all = append(all, attempt{of, kind, id, none})
		}
	}
	slices.SortFunc(all, func(a, b attempt) int { return strings.Compare(a.kind, b.kind) })
	return all
}

// placeOfNone is a place in the same order, of an item that never existed.
func placeOfNone(t *testing.T, place string) string {
	t.Helper()
	decoded, err := base64.RawURLEncoding.DecodeString(place)
	if err != nil {
		t.Fatal(err)
	}
	text := servertest.MadeID.ReplaceAllStringFunc(string(decoded), func(id string) string { return id[:len(id)-3] + "zzz" })
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

// operations are the operations that give a value to an argument: one for each value of the enums that are also
// required.
func (a *idAttack) operations(o *servertest.Tenant, of servertest.Argument, value any) []servertest.SentDocument {
	return a.operationsOf(o, of, value, 3, 5)
}

// trying are the operations of an attempt. An id of a kind that the argument does not take finds nothing, so the
// first levels of one answer are enough.
func (a *idAttack) trying(o *servertest.Tenant, try attempt, value any) []servertest.SentDocument {
	if kind := try.of.KindOf(); kind != "" && kind != try.kind && try.of.Kind().Name() == "ID" {
		return a.operationsOf(o, try.of, value, 2, 1)
	}
	return a.operations(o, try.of, value)
}

// operationsOf select to a depth, with at most the given number of values of each enum.
func (a *idAttack) operationsOf(o *servertest.Tenant, of servertest.Argument, value any, depth, turns int) (all []servertest.SentDocument) {
	if of.Kind().Elem != nil && value != nil {
		value = []any{value}
	}
	for turn := range turns {
		query, variables := servertest.Asking{Schema: a.schema, Sample: o.Sample, Depth: depth, Turn: turn}.Operation(of, value)
		operation := servertest.SentDocument{Query: query, Variables: variables}
		if slices.ContainsFunc(all, func(other servertest.SentDocument) bool { return fmt.Sprint(other) == fmt.Sprint(operation) }) {
			return all
		}
		all = append(all, operation)
	}
	return all
}

// ask tries every id with every operation of a kind.
func (a *idAttack) ask(root ast.Operation) {
	var asking sync.WaitGroup
	for _, of := range a.takers {
		switch {
		case of.Root != root:
		case root == ast.Query:
			asking.Go(func() { a.askWith(of) })
		default: // the same mutations in the same order
			a.askWith(of)
		}
	}
	asking.Wait()
}

// askWith tries every id with an argument.
func (a *idAttack) askWith(of servertest.Argument) {
	for _, try := range a.attempts(of) {
		if of.KindOf() == "mutation" { // it may use up what the others need
			a.eve.Stock("eve")
			a.innocent.Stock("eve")
		}
		theirs, none := a.trying(a.eve, try, try.theirs), a.trying(a.innocent, try, try.none)
		for i := range theirs {
			got := a.shown(try.String(), unordered(a.eve.Send(theirs[i].Query, theirs[i].Variables)), try.theirs)
			never := a.shown(try.String(), unordered(a.innocent.Send(none[i].Query, none[i].Variables)), try.none)
			servertest.Want(a.t, try.String(), got, never)
		}
	}
}

// exportedPresence is the presence in an export of personal data. It ends by time, so it may end between the two answers.
var exportedPresence = regexp.MustCompile(`"presence":\[[^\]]*\]`)

// unordered is a response whose errors, which come in any order, are sorted.
func unordered(response servertest.Answer) string {
	var parts []string
	if response.Has("errors") {
		for _, err := range response.List("errors") {
			parts = append(parts, servertest.Unnamed(err))
		}
	}
	slices.Sort(parts)
	if response.Has("data") {
		parts = append(parts, response.At("data").String())
	}
	return strings.Join(parts, "\n")
}

// shown is an answer, reduced to what must be the same for both. It also checks that nothing of the victim is in
// the answer.
func (a *idAttack) shown(what, answer, sent string) string {
	a.t.Helper()
	text := strings.ReplaceAll(answer, sent, "SENT")
	if strings.Contains(text, "QUERY_TOO_COMPLEX") || strings.Contains(text, "GRAPHQL_VALIDATION_FAILED") {
		a.t.Errorf("%s was not run, so the test shows nothing: %s", what, text)
	}
	if strings.Contains(strings.ToLower(text), a.victim.Marker) {
		a.t.Errorf("%s shows a text of the victim: %s", what, text)
	}
	for kind, id := range a.victim.Ids {
		if kind != "colleague" && strings.Contains(text, id) {
			a.t.Errorf("%s shows the victim's %s: %s", what, kind, text)
		}
	}
	for pattern, with := range map[*regexp.Regexp]string{servertest.MadeID: "ID", servertest.AnyTime: "TIME", servertest.AnyCursor: "CURSOR", servertest.AnyPlace: `"$1":"PLACE"`, servertest.AnyOrg: "ORG", servertest.AnySeal: `"hash":"HASH"`, servertest.RequestID: "", exportedPresence: `"presence":[]`} {
		text = pattern.ReplaceAllString(text, with)
	}
	return text
}

// dump is everything that the lists of the schema show the victim and their colleague, with the head of their log.
func (a *idAttack) dump() string {
	a.t.Helper()
	v := a.victim
	var all strings.Builder
	for _, of := range servertest.Arguments(a.t, a.schema) {
		if of.Root != ast.Query || len(of.Way) > 1 || len(of.In) > 0 || of.Last() != "after" {
			continue
		}
		operation := a.operations(v, of, nil)[0]
		for _, p := range []*servertest.Person{v.Person, v.Colleague} {
			if p == v.Colleague && of.Field().Directives.ForName("hasRole") != nil {
				continue // only for admins
			}
			fmt.Fprintln(&all, of.Field().Name, p.Ask(operation.Query, operation.Variables))
		}
	}
	fmt.Fprintln(&all, v.Ask(`query($room: ID!) { presence(room: $room) { users { id clients currentPage } }
		viewer { unreadNotifications organization { id members { nodes { role user { id name email } } } } } }`, servertest.Object{"room": v.Ids["room"]}))
	return all.String()
}

// control has the victim ask the same, where the right id must make a difference. Ids that clients choose
// themselves make none.
func (a *idAttack) control() {
	for n, of := range a.takers {
		kind := of.KindOf()
		if of.Root == ast.Subscription || kind == "mutation" || kind == "client" {
			continue
		}
		if of.Root == ast.Mutation {
			a.victim.Stock("victoria")
		}
		own, none := any(a.victim.Ids[kind]), any(fmt.Sprint("never ", n))
		switch {
		case of.Kind().Name() == "Cursor":
			own, none = a.victim.Ids["cursor"], collab.Cursor{Epoch: 1, Position: 1}.String()
		case of.Last() == "after":
			own, none = a.victim.Places[of.Field().Type.Name()], nil
		}
		differs, last := false, ""
		for i, operation := range a.operations(a.victim, of, none) {
			never := a.victim.Send(operation.Query, operation.Variables)
			found := a.operations(a.victim, of, own)[i]
			got := a.victim.Send(found.Query, found.Variables)
			last = servertest.Unnamed(got)
			if last != strings.ReplaceAll(servertest.Unnamed(never), fmt.Sprint(none), fmt.Sprint(own)) {
				differs = true
			}
		}
		if !differs {
			a.t.Errorf("%s makes no difference to its owner, so the test shows nothing: is kindOfID right? %s", of, last)
		}
	}
}
