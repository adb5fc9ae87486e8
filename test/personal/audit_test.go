package personal_test

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/servertest"
	"tandem/internal/sqlite"
)

// device is where and with which client a person works.
var device = map[string]string{
	"X-Forwarded-For": "203.0.113.9", "User-Agent": "Mozilla/5.0\u0085 (X11)" + strings.Repeat(" long", 100), "Apollographql-Client-Name": "crm-web",
}

// senders are the ways to send an operation from the device, and to get its response.
var senders = map[string]func(p *servertest.Person) func(query string, variables servertest.Object) servertest.Answer{
	"HTTP": func(p *servertest.Person) func(string, servertest.Object) servertest.Answer {
		return func(query string, variables servertest.Object) servertest.Answer {
			return p.Do(http.MethodPost, "/graphql", device, servertest.Object{"query": query, "variables": variables}).Answer()
		}
	},
	"socket": func(p *servertest.Person) func(string, servertest.Object) servertest.Answer {
		s, n := p.ConnectFrom(device), 0
		s.Read().Is(`{"type": "connection_ack", "payload": {"asOf": "<cursor>"}}`)
		s.Subscribe("0", servertest.Refresh, servertest.Object{"token": p.Token}) // its requests still come from there
		s.Next("0").Is(`{"refreshSession": {"user": {"id": "ada", "name": "Ada"}}}`)
		s.Read().Is(`{"id": "0", "type": "complete"}`)
		return func(query string, variables servertest.Object) servertest.Answer {
			n++
			s.Subscribe(strconv.Itoa(n), query, variables)
			payload := s.Read().At("payload")
			s.Read().At("type").Is(`"complete"`)
			return payload
		}
	},
}

// Every action that must be accounted for is in the trail, with where it came from.
func TestAuditTrail(t *testing.T) {
	t.Parallel()
	for name, sender := range senders {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := servertest.Hide(t, servertest.Start(t, servertest.Embedded(t)))
			send := sender(h.Ada)
			for _, mutation := range []string{
				`mutation { setMemberRole(userId: "dan", role: VIEWER) { role } }`,
				`mutation { setMemberRole(userId: "dan", role: VIEWER) { role } }`, // already has that role
				`mutation { removeMember(userId: "dan") }`,
				`mutation { setMemberRole(userId: "dan", role: MEMBER) { role } }`,
				`mutation($id: ID!) { grantAccess(entityId: $id, userId: "dan", level: READ) }`,
				`mutation($id: ID!) { grantAccess(entityId: $id, userId: "dan", level: WRITE) }`,
				`mutation($id: ID!) { revokeAccess(entityId: $id, userId: "dan") }`,
				`mutation($id: ID!) { updateCustomer(input: {id: $id, baseVersion: 4, patch: {visibility: ORGANIZATION, ownerId: "ben", name: "New"}}) { __typename } }`,
				`mutation($conflict: ID!) { resolveCustomerConflict(input: {conflictId: $conflict, resolution: REMOTE}) { __typename } }`,
				`mutation { removeMember(userId: "ada") }`, // the last admin
			} {
				response := send(mutation, h.Ids)
				if refused := response.Has("errors"); refused != strings.Contains(mutation, `"ada"`) {
					t.Errorf("%s is answered with %s", mutation, response)
				}
			}
			entries := h.Ada.Audit(nil)
			wanted := []string{
				`"action": "VISIBILITY_CHANGED", "actor": {"id": "ben"}, "subject": null, "entityId": "$id", "details": {"old": "ORGANIZATION", "new": "RESTRICTED"}`, // in Hide
				`"action": "ROLE_CHANGED", "actor": {"id": "ada"}, "subject": {"id": "dan"}, "entityId": null, "details": {"old": "MEMBER", "new": "VIEWER"}`,
				`"action": "MEMBER_REMOVED", "actor": {"id": "ada"}, "subject": {"id": "dan"}, "entityId": null, "details": null`,
				`"action": "ROLE_CHANGED", "actor": {"id": "ada"}, "subject": {"id": "dan"}, "entityId": null, "details": {"old": "VIEWER", "new": "MEMBER"}`,
				`"action": "MEMBER_RETURNED", "actor": {"id": "ada"}, "subject": {"id": "dan"}, "entityId": null, "details": null`,
				`"action": "ACCESS_GRANTED", "actor": {"id": "ada"}, "subject": {"id": "dan"}, "entityId": "$id", "details": {"old": null, "new": "READ"}`,
				`"action": "ACCESS_GRANTED", "actor": {"id": "ada"}, "subject": {"id": "dan"}, "entityId": "$id", "details": {"old": "READ", "new": "WRITE"}`,
				`"action": "ACCESS_REVOKED", "actor": {"id": "ada"}, "subject": {"id": "dan"}, "entityId": "$id", "details": {"old": "WRITE", "new": null}`,
				`"action": "OWNER_CHANGED", "actor": {"id": "ada"}, "subject": {"id": "ben"}, "entityId": "$id", "details": {"old": null, "new": "ben"}`,
				`"action": "VISIBILITY_CHANGED", "actor": {"id": "ada"}, "subject": null, "entityId": "$id", "details": {"old": "RESTRICTED", "new": "ORGANIZATION"}`,
				`"action": "CONFLICT_RESOLVED", "actor": {"id": "ada"}, "subject": {"id": "dan"}, "entityId": "$id", "details": {"conflictId": "$conflict", "resolution": "REMOTE"}`,
			}
			servertest.Want(t, "entries", len(entries), len(wanted))
			for i, e := range entries {
				origin := `"address": "<any>", "agent": "<any>", "client": "<any>"`
				if e.Text("actor.id") == "ada" {
					origin = `"address": "203.0.113.9", "agent": "<text>", "client": "crm-web"`
					if agent := e.Text("agent"); !strings.HasPrefix(agent, "Mozilla/5.0 (X11) long") || len(agent) != 200 {
						t.Errorf("the agent is %q", agent)
					}
				}
				e.Is(`{"id": "<text>", "number": "$number", "occurredAt": "<time>", "hash": "<text>", `+wanted[i]+`, `+origin+`}`,
					h.Ids, servertest.Object{"number": i + 1})
			}
		})
	}
}

func TestAuditTrailIsForAdmins(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	h := servertest.Hide(t, at)
	h.Ada.Ask(`mutation { setMemberRole(userId: "dan", role: VIEWER) { role } }`, nil)
	h.Ada.Ask(`mutation { removeMember(userId: "dan") }`, nil)
	servertest.Want(t, "ben's", h.Ben.Code(servertest.Trail, nil), "FORBIDDEN")
	servertest.Want(t, "another organization's", len(servertest.Join(t, at, "other", "eve", collab.RoleAdmin).Audit(nil)), 0)

	const page = `query($after: String) { auditTrail(first: 2, after: $after) { nodes { number } pageInfo { hasNextPage endCursor } } }`
	second := h.Ada.Ask(page, nil).
		Is(`{"auditTrail": {"nodes": [{"number": 3}, {"number": 2}], "pageInfo": {"hasNextPage": true, "endCursor": "<text:after>"}}}`)
	h.Ada.Ask(page, second).
		Is(`{"auditTrail": {"nodes": [{"number": 1}], "pageInfo": {"hasNextPage": false, "endCursor": "<text>"}}}`)
	servertest.Want(t, "removed", len(h.Ada.Audit(servertest.Object{"action": "MEMBER_REMOVED"})), 1)
	servertest.Want(t, "dan's", len(h.Ada.Audit(servertest.Object{"user": "dan"})), 2)
	servertest.Want(t, "ben's", len(h.Ada.Audit(servertest.Object{"user": "ben"})), 1)
	for _, wrong := range []servertest.Object{{"first": 101}, {"first": -1}, {"after": "nonsense"}} {
		servertest.Want(t, "code", h.Ada.Code(servertest.Trail, wrong), "BAD_USER_INPUT")
	}
	servertest.Want(t, "dan's", h.Dan.Code(servertest.Trail, nil), "FORBIDDEN") // the last, since the trail notes it sooner or later
}

// A refused sign-in of a known person is in the trail of their organization.
func TestSignInsRefused(t *testing.T) {
	t.Parallel()
	settings := servertest.Embedded(t)
	at := servertest.Start(t, settings)
	h := servertest.Hide(t, at)
	h.Ada.Ask(`mutation { removeMember(userId: "dan") }`, nil)
	past := h.Ben.Until("ben", "acme", time.Now().Add(-time.Hour))
	forged := &servertest.Person{T: t, At: at, Token: "forged"}
	phone := maps.Clone(device)
	phone["X-Forwarded-For"] = "203.0.113.10"
	for range 3 {
		past.Do(http.MethodPost, "/graphql", device, servertest.Object{"query": servertest.WhoAmI}).Want(http.StatusUnauthorized)
		forged.Do(http.MethodPost, "/graphql", device, servertest.Object{"query": servertest.WhoAmI}).Want(http.StatusUnauthorized)
	}
	servertest.Want(t, "closed with", past.ConnectFrom(phone).CloseCode(), 4403)
	h.Dan.Do(http.MethodPost, "/graphql", phone, servertest.Object{"query": servertest.WhoAmI})
	servertest.Join(t, at, "@deployment", "eve", collab.RoleAdmin).Do(http.MethodPost, "/graphql", device, servertest.Object{"query": servertest.Trail}).Want(http.StatusUnauthorized)
	at.Drain(t) // the drain writes the remaining entries

	again := servertest.Start(t, settings)
	seen := map[string]int{}
	for _, e := range h.Ada.On(again).Audit(servertest.Object{"action": "SIGN_IN_REFUSED"}) {
		details := e.At("details")
		who := e.Text("actor.id") + " from " + e.Text("address") + " with " + e.Text("client")
		seen[who+": "+details.Text("reason")] += int(details.Number("count"))
	}
	servertest.Want(t, "refused", seen, map[string]int{
		"ben from 203.0.113.9 with crm-web: the token has expired; get a fresh one":           3,
		"ben from 203.0.113.10 with crm-web: the token has expired; get a fresh one":          1,
		"dan from 203.0.113.10 with crm-web: you are no longer a member of this organization": 1,
	})
	counted := 0
	for _, e := range deploymentTrail(t, settings) {
		counted += countOf(t, e)
		servertest.Want(t, "actor", e.ActorID, "")
	}
	servertest.Want(t, "of no organization", counted, 4)
}

// A flood of them makes few rows, which count them all.
func TestFloodOfSignIns(t *testing.T) {
	t.Parallel()
	settings := servertest.Embedded(t)
	at := servertest.Start(t, settings)
	forged, began := &servertest.Person{T: t, At: at, Token: "forged"}, time.Now()
	const flood = 300
	for i := range flood {
		forged.From("203.0.113." + strconv.Itoa(i%256)).Want(http.StatusUnauthorized)
	}
	at.Drain(t)
	rows, counted := deploymentTrail(t, settings), 0
	for _, e := range rows {
		counted += countOf(t, e)
	}
	servertest.Want(t, "counted", counted, flood)
	if pages := 2 + int(time.Since(began)/(16*time.Second)); len(rows) > 11*pages {
		t.Errorf("%d sign-ins are %d rows", flood, len(rows))
	}
}

// deploymentTrail is the trail of entries that belong to no organization.
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
