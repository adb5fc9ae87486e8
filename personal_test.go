package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tandem/internal/auth"
	"tandem/internal/collab"
	"tandem/internal/eventually"
)

// hers are the words of quirin's that nothing may have once she is erased.
var hers = []string{"quirina", "zwetschge", "grmblfx", "q-device"}

// everything asks for all that could name somebody.
const everything = `query($id: ID!, $comment: ID!, $conflict: ID!, $event: ID!) {
	viewer { unreadNotifications organization { members { nodes { user { ...person } role } } } }
	nodes(ids: [$id, $comment, $conflict, $event, "q7"]) { __typename id ...said ...event ...met ... on User { ...person } }
	customer(id: $id) { ...customer comments { nodes { ...said } } activity { nodes { ...event } } first: atVersion(version: 1) { ...customer } }
	customers { nodes { ...customer } }
	calls { nodes { subject updatedBy { ...person } owner { ...person } } }
	meetings { nodes { title attendees { ...person } updatedBy { ...person } } }
	activity { nodes { ...event } }
	hers: activity(feed: {type: USER, entityId: "q7"}) { nodes { ...event } }
	changes(first: 100) { changes { kind actor { ...person } ... on CustomerChange { clientMutationId customer { ...customer } changes { field oldValue newValue } } } }
	presence(room: $id) { users { id name avatar } }
	notifications { nodes { kind title body actor { ...person } } }
	conflicts { nodes { ...met } }
}
fragment person on User { id name email avatar }
fragment customer on Customer { version name notes updatedBy { ...person } owner { ...person } }
fragment said on Comment { body author { ...person } mentions { ...person } }
fragment event on ActivityEvent { action actor { ...person } userId userName comment { ...said } metadata changes { field oldValue newValue } }
fragment met on CustomerConflict { detectedFor { ...person } resolvedBy { ...person } remote { name } local { name notes }
	conflictedFields { field base local remote remoteChangedBy { ...person } } }`

// streams are the subscriptions that could name somebody.
var streams = map[string]string{
	"activity":     `subscription($after: Cursor) { activity(after: $after) { cursor action actor { name } userName comment { body author { id name email } } metadata } }`,
	"customers":    `subscription($after: Cursor) { customerChanged(after: $after) { cursor version clientMutationId actor { name } customer { updatedBy { name } owner { name } } } }`,
	"notification": `subscription($after: Cursor) { notificationReceived(after: $after) { cursor title body actor { name } } }`,
}

// A life is that of somebody who is to be erased, at one instance, and of others at another.
type life struct {
	ada, cleo, quirin *person
	first             any // a cursor before it
	ids               object
	following         map[string]*socket // cleo's, from before
}

func (p *person) asQuirin(org string) *person {
	p.t.Helper()
	token, err := auth.NewVerifier([]string{secret}, "", "", time.Now).Sign(collab.Claims{
		UserID: "q7", OrganizationID: collab.ID(org), Role: collab.RoleMember, Name: "Quirina Zwetschge",
		Email: "quirina@example.com", Picture: "https://example.com/quirina.png",
	}, time.Now().Add(time.Hour))
	if err != nil {
		p.t.Fatal(err)
	}
	return &person{t: p.t, at: p.at, token: token}
}

func (p *person) comment(id any, body string, mentions ...string) object {
	p.t.Helper()
	return p.ask(`mutation($in: AddCommentInput!) { addComment(input: $in) { ... on CommentAdded { comment { id } } ... on Problem { message } } }`,
		object{"in": object{"entityId": id, "body": body, "mentionIds": mentions}})["addComment"].(object)["comment"].(object)
}

// lead leads the life, quirin's at one and all others' at two.
func lead(t *testing.T, org string, one, two *instance) *life {
	t.Helper()
	l := &life{ada: join(t, two, org, "ada", collab.RoleAdmin), cleo: join(t, two, org, "cleo", collab.RoleMember)}
	l.quirin = l.ada.on(one).asQuirin(org)
	l.first = l.ada.ask(`{ customers { asOf } }`, nil)["customers"].(object)["asOf"]
	l.cleo.ask(`{ viewer { role } }`, nil)
	l.quirin.ask(`{ viewer { role } }`, nil)
	l.following = map[string]*socket{}
	customer := l.ada.create(object{"name": "Acme", "ownerId": "q7"})
	for name, query := range streams {
		l.following[name] = l.cleo.connect()
		l.following[name].subscribe("s", query, object{"after": customer["cursor"]})
	}
	id := customer["id"]
	l.quirin.ask(updateCustomer, object{"input": object{"id": id, "baseVersion": 1, "clientMutationId": "q-device-1", "patch": object{"name": "Acme Ltd", "ownerId": "cleo"}}})
	l.ada.update(customer, 2, object{"notes": "remote", "ownerId": "q7"})
	conflict := l.quirin.update(customer, 2, object{"notes": "grmblfx"})
	said := l.quirin.comment(id, "I like zwetschge", "cleo")
	l.cleo.comment(id, "so do I", "q7")
	l.ada.ask(`mutation($in: CreateMeetingInput!) { createMeeting(input: $in) { ... on MeetingSaved { meeting { id } } ... on Problem { message } } }`,
		object{"in": object{"title": "Kick-off", "startsAt": "2026-05-04T09:30:00Z", "endsAt": "2026-05-04T10:30:00Z", "attendeeIds": []any{"q7", "cleo"}}})
	l.quirin.ask(`mutation($id: ID!) { recordView(entityId: $id) }`, object{"id": id})
	l.ada.grant(object{"id": id}, "q7", "READ")
	event := l.ada.ask(`{ activity(feed: {type: USER, entityId: "q7"}, first: 1) { nodes { id } } }`, nil)["activity"].(object)["nodes"].([]any)[0].(object)
	l.ids = object{"id": id, "comment": said["id"], "conflict": conflict["id"], "event": event["id"]}
	return l
}

// text is an answer as text, in lower case.
func text(t *testing.T, answer any) string {
	t.Helper()
	encoded, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ToLower(string(encoded))
}

func wantNothingOfHers(t *testing.T, what, text string) {
	t.Helper()
	for _, word := range hers {
		if i := strings.Index(strings.ToLower(text), word); i >= 0 {
			t.Errorf("%s: has %q: …%s…", what, word, text[max(0, i-80):min(len(text), i+80)])
		}
	}
}

const exportHers = `mutation { exportPersonalData(userId: "q7") }`

// onOneAndTwo runs a test with one instance, and with two.
func onOneAndTwo(t *testing.T, test func(t *testing.T, one, two *instance, database string)) {
	t.Run("one", func(t *testing.T) {
		t.Parallel()
		one := start(t, embedded(t))
		test(t, one, one, "")
	})
	t.Run("two", func(t *testing.T) {
		t.Parallel()
		settings := shared(t)
		one := start(t, settings)
		test(t, one, start(t, settings), settings["DATABASE_URL"])
	})
}

func TestErasure(t *testing.T) {
	t.Parallel()
	onOneAndTwo(t, func(t *testing.T, one, two *instance, database string) {
		org := rand.Text()
		l := lead(t, org, one, two)
		present := l.quirin.connect()
		present.subscribe("p", `subscription($room: ID!) { presence(room: $room, clientId: "tab") { totalCount } }`, object{"room": l.ids["id"]})
		want(t, "present", present.next("p")["presence"].(object)["totalCount"], 1)
		watching := l.cleo.connect()
		watching.subscribe("p", `subscription($room: ID!) { presence(room: $room) { left totalCount } }`, object{"room": l.ids["id"]})
		want(t, "seen", watching.next("p")["presence"].(object)["totalCount"], 1)
		before := text(t, []any{l.ada.ask(everything, l.ids), l.cleo.ask(everything, l.ids), l.ada.ask(exportHers, nil)})
		for _, word := range hers {
			want(t, "before, there is "+word, strings.Contains(before, word), true)
		}

		want(t, "by a member", l.cleo.code(`mutation { erasePersonalData(userId: "q7") }`, nil), "FORBIDDEN")
		want(t, "of nobody", l.ada.code(`mutation { erasePersonalData(userId: "nobody") }`, nil), "BAD_USER_INPUT")
		want(t, "of the last admin", l.ada.code(`mutation { erasePersonalData(userId: "ada") }`, nil), "BAD_USER_INPUT")
		touched := l.ada.ask(`mutation { erasePersonalData(userId: "q7") }`, nil)["erasePersonalData"].(float64)
		want(t, "touched some", touched > 5, true)
		want(t, "who left", watching.next("p")["presence"].(object)["left"], []any{"q7"})
		ended := present.read()
		want(t, "her stream", []any{ended["type"], strings.Contains(text(t, ended), "forbidden")}, []any{"error", true})
		want(t, "again", l.ada.ask(`mutation { erasePersonalData(userId: "q7") }`, nil)["erasePersonalData"], 0)

		for _, p := range []*person{l.ada, l.cleo, l.ada.on(one), l.cleo.on(one)} {
			eventually.Is(t, "a member", func() any { return strings.Contains(text(t, p.ask(everything, l.ids)), "quirina") }, false)
			wantNothingOfHers(t, "queries", text(t, p.send(everything, l.ids)))
			wantNothingOfHers(t, "export of others", text(t, p.send(`mutation { exportPersonalData(userId: "cleo") }`, nil)))
			if last := p.ask(everything, l.ids); !strings.Contains(text(t, last), strings.ToLower(collab.ErasedName)) {
				t.Errorf("nobody is shown as erased: %v", last)
			}
		}
		wantNothingOfHers(t, "export", text(t, l.ada.send(exportHers, nil)))
		want(t, "comes back", l.quirin.code(`{ viewer { role } }`, nil), "FORBIDDEN")
		want(t, "comes back elsewhere", l.quirin.on(two).code(`{ viewer { role } }`, nil), "FORBIDDEN")
		want(t, "brought back", l.ada.code(`mutation { setMemberRole(userId: "q7", role: ADMIN) { role } }`, nil), "BAD_USER_INPUT")

		resolved := l.ada.ask(`mutation($id: ID!) { resolveCustomerConflict(input: {conflictId: $id, resolution: LOCAL}) {
			... on CustomerSaved { customer { version notes } } ... on Problem { message } } }`, object{"id": l.ids["conflict"]})
		want(t, "her open conflict is over nothing", resolved["resolveCustomerConflict"], object{"customer": object{"version": 3, "notes": "remote"}})
		l.wantReplaysClean(t, one, two)
		wantNothingOfHers(t, "database", dumpOf(t, database, org))
		wantNothingOfHers(t, "afterwards", text(t, l.ada.send(everything, l.ids)))

		l.ada.ask(`mutation { setMemberRole(userId: "cleo", role: ADMIN) { role } }`, nil)
		want(t, "herself", l.ada.ask(`mutation { erasePersonalData(userId: "ada") }`, nil)["erasePersonalData"].(float64) > 2, true)
		want(t, "ada comes back", l.ada.code(`{ viewer { role } }`, nil), "FORBIDDEN")
		want(t, "who is left", l.cleo.ask(`{ viewer { organization { members { nodes { user { id } } } } } }`, nil)["viewer"].(object)["organization"].(object)["members"],
			object{"nodes": []any{object{"user": object{"id": "cleo"}}}})
	})
}

// wantReplaysClean resumes every stream from the beginning, on both instances, and
// goes on with those that were open before, without a gap.
func (l *life) wantReplaysClean(t *testing.T, one, two *instance) {
	t.Helper()
	l.cleo.comment(l.ids["id"], "the end", "ada")
	l.ada.comment(l.ids["id"], "the end", "cleo")
	l.ada.update(l.ids, 3, object{"name": "the end"})
	for name, query := range streams {
		var cursors [3][]any
		for i, s := range []*socket{l.following[name], l.cleo.on(one).connect(), l.cleo.on(two).connect()} {
			if i > 0 {
				s.subscribe("s", query, object{"after": l.first})
			}
			for n := 0; ; n++ {
				event := s.next("s")
				shown := text(t, event)
				if i > 0 {
					wantNothingOfHers(t, "replay of "+name, shown)
				}
				for _, payload := range event {
					cursors[i] = append(cursors[i], payload.(object)["cursor"])
				}
				if name == "activity" && strings.Contains(shown, "customer.updated") && n > 6 ||
					name == "customers" && strings.Contains(shown, `"version":4`) ||
					name == "notification" && strings.Contains(shown, "the end") {
					break
				}
			}
		}
		want(t, name+" on both", cursors[1], cursors[2])
		missed := len(cursors[1]) - len(cursors[0]) // from before it was followed
		want(t, name+" that went on", cursors[0], cursors[1][max(0, missed):])
	}
}

// dumpOf is all rows of an organization in all tables of a Postgres database, as
// text; "" is no database.
func dumpOf(t *testing.T, database, org string) string {
	t.Helper()
	if database == "" {
		return ""
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, "SELECT set_config('tandem.org', $1, false)", org); err != nil {
		t.Fatal(err)
	}
	list := func(query string) []string {
		rows, err := conn.Query(ctx, query)
		if err != nil {
			t.Fatal(err)
		}
		texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		return texts
	}
	var dump []string
	for _, table := range list("SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'") {
		dump = append(dump, list("SELECT row_to_json(r)::text FROM "+table+" r")...)
	}
	if len(dump) < 20 {
		t.Fatalf("the dump has only %d rows", len(dump))
	}
	return strings.Join(dump, "\n")
}
