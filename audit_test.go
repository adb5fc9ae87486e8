package main

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/sqlite"
)

const trail = `query($first: Int, $after: String, $action: AuditAction, $user: ID) {
	auditTrail(first: $first, after: $after, action: $action, userId: $user) {
		edges { cursor } pageInfo { hasNextPage endCursor }
		nodes { id number action actor { id } subject { id } entityId address agent client details occurredAt hash } } }`

// audit returns entries of the trail, oldest first.
func (p *person) audit(variables object) []object {
	p.t.Helper()
	var entries []object
	for _, node := range p.ask(trail, variables)["auditTrail"].(object)["nodes"].([]any) {
		entries = append(entries, node.(object))
	}
	slices.Reverse(entries)
	return entries
}

// device is where and with what somebody works.
var device = map[string]string{
	"X-Forwarded-For": "203.0.113.9", "User-Agent": "Mozilla/5.0\u0085 (X11)" + strings.Repeat(" long", 100), "Apollographql-Client-Name": "crm-web",
}

// connectFrom is connect from a device.
func (p *person) connectFrom(device map[string]string) *socket {
	p.t.Helper()
	header := http.Header{}
	for name, value := range device {
		header.Set(name, value)
	}
	conn, err := dialWith(p.t, p.at, header)
	if err != nil {
		p.t.Fatal(err)
	}
	s := &socket{t: p.t, conn: conn}
	s.write(object{"type": "connection_init", "payload": object{"authorization": "Bearer " + p.token}})
	return s
}

// senders are the ways to send an operation from the device, and to get its response.
var senders = map[string]func(p *person) func(query string, variables object) object{
	"HTTP": func(p *person) func(string, object) object {
		return func(query string, variables object) object {
			return p.do(http.MethodPost, "/graphql", device, object{"query": query, "variables": variables}).object()
		}
	},
	"socket": func(p *person) func(string, object) object {
		s, n := p.connectFrom(device), 0
		want(p.t, "answer", s.read()["type"], "connection_ack")
		s.subscribe("0", refresh, object{"token": p.token}) // it comes from there still
		want(p.t, "refreshed", s.read()["payload"].(object)["errors"], nil)
		want(p.t, "end", s.read()["type"], "complete")
		return func(query string, variables object) object {
			n++
			s.subscribe(strconv.Itoa(n), query, variables)
			payload := s.read()["payload"].(object)
			want(p.t, "end", s.read()["type"], "complete")
			return payload
		}
	},
}

// Whatever is to be accounted for is in the trail, with where it came from.
func TestAuditTrail(t *testing.T) {
	t.Parallel()
	for name, sender := range senders {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := hide(t, start(t, embedded(t)))
			send := sender(h.ada)
			for _, mutation := range []string{
				`mutation { setMemberRole(userId: "dan", role: VIEWER) { role } }`,
				`mutation { setMemberRole(userId: "dan", role: VIEWER) { role } }`, // is that already
				`mutation { removeMember(userId: "dan") }`,
				`mutation { setMemberRole(userId: "dan", role: MEMBER) { role } }`,
				`mutation($id: ID!) { grantAccess(entityId: $id, userId: "dan", level: READ) }`,
				`mutation($id: ID!) { grantAccess(entityId: $id, userId: "dan", level: WRITE) }`,
				`mutation($id: ID!) { revokeAccess(entityId: $id, userId: "dan") }`,
				`mutation($id: ID!) { updateCustomer(input: {id: $id, baseVersion: 4, patch: {visibility: ORGANIZATION, ownerId: "ben", name: "New"}}) { __typename } }`,
				`mutation($conflict: ID!) { resolveCustomerConflict(input: {conflictId: $conflict, resolution: REMOTE}) { __typename } }`,
				`mutation { removeMember(userId: "ada") }`, // the last admin
			} {
				response := send(mutation, h.ids)
				if refused := response["errors"] != nil; refused != strings.Contains(mutation, `"ada"`) {
					t.Errorf("%s is answered with %v", mutation, response)
				}
			}
			id, conflict := h.ids["id"], h.ids["conflict"]
			became := func(before, after any) object { return object{"old": before, "new": after} }
			wanted := []struct {
				action, actor   string
				subject, entity any
				details         any
			}{
				{"VISIBILITY_CHANGED", "ben", nil, id, became("ORGANIZATION", "RESTRICTED")}, // in hide
				{"ROLE_CHANGED", "ada", "dan", nil, became("MEMBER", "VIEWER")},
				{"MEMBER_REMOVED", "ada", "dan", nil, nil},
				{"ROLE_CHANGED", "ada", "dan", nil, became("VIEWER", "MEMBER")},
				{"MEMBER_RETURNED", "ada", "dan", nil, nil},
				{"ACCESS_GRANTED", "ada", "dan", id, became(nil, "READ")},
				{"ACCESS_GRANTED", "ada", "dan", id, became("READ", "WRITE")},
				{"ACCESS_REVOKED", "ada", "dan", id, became("WRITE", nil)},
				{"OWNER_CHANGED", "ada", "ben", id, became(nil, "ben")},
				{"VISIBILITY_CHANGED", "ada", nil, id, became("RESTRICTED", "ORGANIZATION")},
				{"CONFLICT_RESOLVED", "ada", "dan", id, object{"conflictId": conflict, "resolution": "REMOTE"}},
			}
			entries := h.ada.audit(nil)
			want(t, "entries", len(entries), len(wanted))
			for i, e := range entries {
				w := wanted[i]
				want(t, "number", e["number"], i+1)
				want(t, w.action, []any{e["action"], e["actor"], e["subject"], e["entityId"], e["details"]},
					[]any{w.action, object{"id": w.actor}, personOf(w.subject), w.entity, w.details})
				if w.actor == "ada" {
					want(t, "origin", []any{e["address"], e["client"]}, []any{"203.0.113.9", "crm-web"})
					if agent := e["agent"].(string); !strings.HasPrefix(agent, "Mozilla/5.0 (X11) long") || len(agent) != 200 {
						t.Errorf("the agent is %q", agent)
					}
				}
			}
		})
	}
}

func personOf(id any) any {
	if id == nil {
		return nil
	}
	return object{"id": id}
}

func TestAuditTrailIsForAdmins(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	h := hide(t, at)
	h.ada.ask(`mutation { setMemberRole(userId: "dan", role: VIEWER) { role } }`, nil)
	h.ada.ask(`mutation { removeMember(userId: "dan") }`, nil)
	want(t, "ben's", h.ben.code(trail, nil), "FORBIDDEN")
	want(t, "dan's", h.dan.code(trail, nil), "FORBIDDEN")
	want(t, "another organization's", len(join(t, at, "other", "eve", collab.RoleAdmin).audit(nil)), 0)

	first := h.ada.ask(trail, object{"first": 2})["auditTrail"].(object)
	info := first["pageInfo"].(object)
	want(t, "first page", info["hasNextPage"], true)
	second := h.ada.ask(trail, object{"first": 2, "after": info["endCursor"]})["auditTrail"].(object)
	want(t, "second page", second["pageInfo"].(object)["hasNextPage"], false)
	var numbers []any
	for _, page := range []object{first, second} {
		for _, node := range page["nodes"].([]any) {
			numbers = append(numbers, node.(object)["number"])
		}
	}
	want(t, "numbers", numbers, []any{3, 2, 1})
	want(t, "removed", len(h.ada.audit(object{"action": "MEMBER_REMOVED"})), 1)
	want(t, "dan's", len(h.ada.audit(object{"user": "dan"})), 2)
	want(t, "ben's", len(h.ada.audit(object{"user": "ben"})), 1)
	for _, wrong := range []object{{"first": 101}, {"first": -1}, {"after": "nonsense"}} {
		want(t, "code", h.ada.code(trail, wrong), "BAD_USER_INPUT")
	}
}

// Who can't sign in, and is known for it, is in the trail of their organization.
func TestSignInsRefused(t *testing.T) {
	t.Parallel()
	settings := embedded(t)
	at := start(t, settings)
	h := hide(t, at)
	h.ada.ask(`mutation { removeMember(userId: "dan") }`, nil)
	past := h.ben.until("ben", "acme", time.Now().Add(-time.Hour))
	forged := &person{t: t, at: at, token: "forged"}
	phone := maps.Clone(device)
	phone["X-Forwarded-For"] = "203.0.113.10"
	for range 3 {
		past.do(http.MethodPost, "/graphql", device, object{"query": whoAmI}).want(http.StatusUnauthorized)
		forged.do(http.MethodPost, "/graphql", device, object{"query": whoAmI}).want(http.StatusUnauthorized)
	}
	want(t, "closed with", past.connectFrom(phone).closeCode(), 4403)
	h.dan.do(http.MethodPost, "/graphql", phone, object{"query": whoAmI})
	join(t, at, "@deployment", "eve", collab.RoleAdmin).do(http.MethodPost, "/graphql", device, object{"query": trail}).want(http.StatusUnauthorized)
	at.drain(t) // which writes what is not written yet

	again := start(t, settings)
	seen := map[string]int{}
	for _, e := range h.ada.on(again).audit(object{"action": "SIGN_IN_REFUSED"}) {
		details := e["details"].(object)
		who := e["actor"].(object)["id"].(string) + " from " + e["address"].(string) + " with " + e["client"].(string)
		seen[who+": "+details["reason"].(string)] += int(details["count"].(float64))
	}
	want(t, "refused", seen, map[string]int{
		"ben from 203.0.113.9 with crm-web: the token has expired; get a fresh one":           3,
		"ben from 203.0.113.10 with crm-web: the token has expired; get a fresh one":          1,
		"dan from 203.0.113.10 with crm-web: you are no longer a member of this organization": 1,
	})
	counted := 0
	for _, e := range deploymentTrail(t, settings) {
		counted += countOf(t, e)
		want(t, "actor", e.ActorID, "")
	}
	want(t, "of no organization", counted, 4)
}

// A flood of them makes few rows, which count them all.
func TestFloodOfSignIns(t *testing.T) {
	t.Parallel()
	settings := embedded(t)
	at := start(t, settings)
	forged, began := &person{t: t, at: at, token: "forged"}, time.Now()
	const flood = 300
	for i := range flood {
		forged.from("203.0.113." + strconv.Itoa(i%256)).want(http.StatusUnauthorized)
	}
	at.drain(t)
	rows, counted := deploymentTrail(t, settings), 0
	for _, e := range rows {
		counted += countOf(t, e)
	}
	want(t, "counted", counted, flood)
	if pages := 2 + int(time.Since(began)/(16*time.Second)); len(rows) > 11*pages {
		t.Errorf("%d sign-ins are %d rows", flood, len(rows))
	}
}

// deploymentTrail is the trail of what belongs to no organization.
func deploymentTrail(t *testing.T, settings map[string]string) []*collab.AuditEntry {
	t.Helper()
	store, err := sqlite.Open(t.Context(), strings.TrimPrefix(settings["DATABASE_URL"], "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	entries, err := store.AuditTrail(t.Context(), collab.Deployment, collab.AuditQuery{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return entries
}
