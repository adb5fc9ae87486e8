package main

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"tandem/internal/collab"
)

// What somebody asks with an id of another organization is answered to the letter
// as with one that never was, wherever the schema takes an id, a cursor or a place.
// An argument that is added to the schema is in this test by that.
func TestNoIDOfAnotherOrganizationCounts(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]func(*testing.T) map[string]string{"sqlite": embedded, "postgres": shared} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			with := settings(t)
			with["METRICS_ADDR"] = freeAddress(t)
			a := newIDAttack(t, start(t, with))
			a.metrics = "http://" + with["METRICS_ADDR"] + "/metrics"
			a.victim.stay()
			a.subscriptions = openSubscriptions(t, a.metrics)
			before := a.dump()
			a.ask(ast.Query)
			a.ask(ast.Mutation)
			want(t, "what the victim has, afterwards", a.dump(), before)
			a.follow()
			a.control()
		})
	}
}

// An idAttack is a victim, and two organizations that are made alike: somebody of
// the one asks with the victim's ids, somebody of the other with ids that never were.
type idAttack struct {
	t             *testing.T
	schema        *ast.Schema
	takers        []argument
	victim        *tenant
	eve, innocent *tenant
	metrics       string  // the address of the instance's
	subscriptions float64 // that are open while nothing is tried
}

func newIDAttack(t *testing.T, at *instance) *idAttack {
	t.Helper()
	a := &idAttack{t: t, schema: parseSchema(t), victim: settle(t, at, "acme", "victoria", "zanzibar")}
	a.eve, a.innocent = settle(t, at, "evil 1", "eve", "plain"), settle(t, at, "evil 2", "eve", "plain")
	for _, of := range arguments(t, a.schema) {
		switch {
		case of.kind().Name() == "ID" && of.kindOf() == "":
			t.Errorf("%s takes an id: say in kindOfID (security_belongings_test.go) of which kind it is, so that it is tried", of.name)
		case of.kind().Name() == "String" && of.last() == "after" && a.victim.places[of.field().Type.Name()] == "":
			t.Errorf("%s takes a place of %s: have stock (security_belongings_test.go) note one", of, of.field().Type.Name())
		case of.kind().Name() == "ID", of.kind().Name() == "Cursor", of.last() == "after":
			a.takers = append(a.takers, of)
		}
	}
	if len(a.takers) < 80 {
		t.Errorf("found %d arguments that take ids; where are the others?", len(a.takers))
	}
	return a
}

// An attempt is an id of the victim where the schema takes one, and one that never was.
type attempt struct {
	of           argument
	kind         string
	theirs, none string
}

func (a attempt) String() string { return fmt.Sprintf("%s with the %s %s", a.of, a.kind, a.theirs) }

// attempts are all ids of the victim that can be sent for an argument.
func (a *idAttack) attempts(of argument) (all []attempt) {
	v := a.victim
	switch {
	case of.kind().Name() == "Cursor":
		cursor, err := collab.ParseCursor(v.ids["cursor"])
		if err != nil {
			a.t.Fatal(err)
		}
		cursor.Epoch ^= 1
		return []attempt{{of, "cursor", v.ids["cursor"], cursor.String()}}
	case of.last() == "after":
		for kind, place := range v.places {
			all = append(all, attempt{of, "place of " + kind, place, placeOfNone(a.t, place)})
		}
	default:
		for kind, id := range v.ids {
			if of.kindOf() == "mutation" && kind != "mutation" {
				continue // which the client chooses, so that no other kind is looked up
			}
			none := id[:len(id)-3] + "zzz"
			if kind == "colleague" { // who is in all three organizations
				none = id
			}
			all = append(all, attempt{of, kind, id, none})
		}
	}
	slices.SortFunc(all, func(a, b attempt) int { return strings.Compare(a.kind, b.kind) })
	return all
}

var madeID = regexp.MustCompile(`\b(cus|cal|mtg|com|cfl|ntf|act)_[0-9a-z]{26}`)

// placeOfNone is a place in the same order, of an item that never was.
func placeOfNone(t *testing.T, place string) string {
	t.Helper()
	decoded, err := base64.RawURLEncoding.DecodeString(place)
	if err != nil {
		t.Fatal(err)
	}
	text := madeID.ReplaceAllStringFunc(string(decoded), func(id string) string { return id[:len(id)-3] + "zzz" })
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

// operations are those that give a value to an argument: one for each value of the
// enums that have to be given besides.
func (a *idAttack) operations(o *tenant, of argument, value any) []object {
	return a.operationsOf(o, of, value, 3, 5)
}

// trying are the operations of an attempt. An id of another kind than the argument
// takes finds nothing to show, so a look at the first levels of one answer is enough.
func (a *idAttack) trying(o *tenant, try attempt, value any) []object {
	if kind := try.of.kindOf(); kind != "" && kind != try.kind && try.of.kind().Name() == "ID" {
		return a.operationsOf(o, try.of, value, 2, 1)
	}
	return a.operations(o, try.of, value)
}

// operationsOf select to a depth, with so many values of the enums at most.
func (a *idAttack) operationsOf(o *tenant, of argument, value any, depth, turns int) (all []object) {
	if of.kind().Elem != nil && value != nil {
		value = []any{value}
	}
	for turn := range turns {
		query, variables := asking{schema: a.schema, sample: o.sample, depth: depth, turn: turn}.operation(of, value)
		operation := object{"query": query, "variables": variables}
		if slices.ContainsFunc(all, func(other object) bool { return fmt.Sprint(other) == fmt.Sprint(operation) }) {
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
		case of.root != root:
		case root == ast.Query:
			asking.Go(func() { a.askWith(of) })
		default: // the same mutations in the same order
			a.askWith(of)
		}
	}
	asking.Wait()
}

// askWith tries every id with an argument.
func (a *idAttack) askWith(of argument) {
	for _, try := range a.attempts(of) {
		if of.kindOf() == "mutation" { // which may use up what the others need
			a.eve.stock("eve")
			a.innocent.stock("eve")
		}
		theirs, none := a.trying(a.eve, try, try.theirs), a.trying(a.innocent, try, try.none)
		for i := range theirs {
			got := a.shown(try.String(), a.eve.send(theirs[i]["query"].(string), theirs[i]["variables"].(object)), try.theirs)
			never := a.shown(try.String(), a.innocent.send(none[i]["query"].(string), none[i]["variables"].(object)), try.none)
			want(a.t, try.String(), got, never)
		}
	}
}

var (
	anyTime   = regexp.MustCompile(`\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`)
	anyCursor = regexp.MustCompile(`\b01[0-9a-f]{24}\b`)
	anyPlace  = regexp.MustCompile(`"(cursor|startCursor|endCursor)":"[^"]*"`)
	anyOrg    = regexp.MustCompile(`\bevil [12]`)
	anySeal   = regexp.MustCompile(`"hash":"[0-9a-f]+"`)
	requestID = regexp.MustCompile(`"requestId":"[^"]*"`)
)

// shown is an answer as far as it has to be the same for both, after a look whether
// anything of the victim is in it.
func (a *idAttack) shown(what string, response object, sent string) string {
	a.t.Helper()
	unnamed(a.t, response)
	if errors, some := response["errors"].([]any); some { // whose order is nobody's
		slices.SortFunc(errors, func(x, y any) int { return strings.Compare(inJSON(a.t, x), inJSON(a.t, y)) })
	}
	text := strings.ReplaceAll(inJSON(a.t, response), sent, "SENT")
	if strings.Contains(text, "QUERY_TOO_COMPLEX") || strings.Contains(text, "GRAPHQL_VALIDATION_FAILED") {
		a.t.Errorf("%s was not run, so the test shows nothing: %s", what, text)
	}
	if strings.Contains(strings.ToLower(text), a.victim.marker) {
		a.t.Errorf("%s shows a text of the victim: %s", what, text)
	}
	for kind, id := range a.victim.ids {
		if kind != "colleague" && strings.Contains(text, id) {
			a.t.Errorf("%s shows the victim's %s: %s", what, kind, text)
		}
	}
	for pattern, with := range map[*regexp.Regexp]string{madeID: "ID", anyTime: "TIME", anyCursor: "CURSOR", anyPlace: `"$1":"PLACE"`, anyOrg: "ORG", anySeal: `"hash":"HASH"`, requestID: ""} {
		text = pattern.ReplaceAllString(text, with)
	}
	return text
}

// dump is all that the victim and their colleague are shown by the lists of the
// schema, with the head of their log.
func (a *idAttack) dump() string {
	a.t.Helper()
	v := a.victim
	var all strings.Builder
	for _, of := range arguments(a.t, a.schema) {
		if of.root != ast.Query || len(of.way) > 1 || len(of.in) > 0 || of.last() != "after" {
			continue
		}
		operation := a.operations(v, of, nil)[0]
		for _, p := range []*person{v.person, v.colleague} {
			if p == v.colleague && of.field().Directives.ForName("hasRole") != nil {
				continue // it is for admins
			}
			fmt.Fprintln(&all, of.field().Name, p.ask(operation["query"].(string), operation["variables"].(object)))
		}
	}
	fmt.Fprintln(&all, v.ask(`query($room: ID!) { presence(room: $room) { users { id clients currentPage } }
		viewer { unreadNotifications organization { id members { nodes { role user { id name email } } } } } }`, object{"room": v.ids["room"]}))
	return all.String()
}

// control has the victim ask the same, where the right id has to make a difference.
// What clients choose themselves makes none.
func (a *idAttack) control() {
	for n, of := range a.takers {
		kind := of.kindOf()
		if of.root == ast.Subscription || kind == "mutation" || kind == "client" {
			continue
		}
		if of.root == ast.Mutation {
			a.victim.stock("victoria")
		}
		own, none := any(a.victim.ids[kind]), any(fmt.Sprint("never ", n))
		switch {
		case of.kind().Name() == "Cursor":
			own, none = a.victim.ids["cursor"], collab.Cursor{Epoch: 1, Position: 1}.String()
		case of.last() == "after":
			own, none = a.victim.places[of.field().Type.Name()], nil
		}
		differs, last := false, ""
		for i, operation := range a.operations(a.victim, of, none) {
			never := a.victim.send(operation["query"].(string), operation["variables"].(object))
			found := a.operations(a.victim, of, own)[i]
			got := a.victim.send(found["query"].(string), found["variables"].(object))
			last = unnamed(a.t, got)
			if last != strings.ReplaceAll(unnamed(a.t, never), fmt.Sprint(none), fmt.Sprint(own)) {
				differs = true
			}
		}
		if !differs {
			a.t.Errorf("%s makes no difference to its owner, so the test shows nothing: is kindOfID right? %s", of, last)
		}
	}
}
