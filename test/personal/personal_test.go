package personal_test

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/servertest"
)

// hers are the words of quirin's that may not appear anywhere once she is erased.
var hers = []string{"quirina", "zwetschge", "grmblfx", "q-device"}

// everything asks for all fields that could name a person.
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

// streams are the subscriptions that could name a person.
var streams = map[string]struct{ field, query string }{
	"activity":     {"activity", `subscription($after: Cursor) { activity(after: $after) { cursor action actor { name } userName comment { body author { id name email } } metadata } }`},
	"customers":    {"customerChanged", `subscription($after: Cursor) { customerChanged(after: $after) { cursor version clientMutationId actor { name } customer { updatedBy { name } owner { name } } } }`},
	"notification": {"notificationReceived", `subscription($after: Cursor) { notificationReceived(after: $after) { cursor title body actor { name } } }`},
}

// A life is the history of a person who is to be erased, on one instance, and of others on another.
type life struct {
	ada, cleo, quirin *servertest.Person
	first             any // a cursor before the life
	ids               servertest.Object
	following         map[string]*servertest.Socket // cleo's, opened before
}

// lead plays the life, quirin's on one and everybody else's on two.
func lead(t *testing.T, org string, one, two *servertest.Instance) *life {
	t.Helper()
	l := &life{ada: servertest.Join(t, two, org, "ada", collab.RoleAdmin), cleo: servertest.Join(t, two, org, "cleo", collab.RoleMember)}
	l.quirin = l.ada.On(one).AsQuirin(org)
	l.first = l.ada.Ask(`{ customers { asOf } }`, nil).Get("customers.asOf")
	l.cleo.Ask(`{ viewer { role } }`, nil)
	l.quirin.Ask(`{ viewer { role } }`, nil)
	l.following = map[string]*servertest.Socket{}
	customer := l.ada.Create(servertest.Object{"name": "Acme", "ownerId": "q7"})
	for name, stream := range streams {
		l.following[name] = l.cleo.Connect()
		l.following[name].Subscribe("s", stream.query, servertest.Object{"after": customer["cursor"]})
	}
	id := customer["id"]
	l.quirin.Ask(servertest.UpdateCustomer, servertest.Object{"input": servertest.Object{"id": id, "baseVersion": 1, "clientMutationId": "q-device-1", "patch": servertest.Object{"name": "Acme Ltd", "ownerId": "cleo"}}})
	l.ada.Update(customer, 2, servertest.Object{"notes": "remote", "ownerId": "q7"})
	conflict := l.quirin.Update(customer, 2, servertest.Object{"notes": "grmblfx"})
	said := l.quirin.Comment(id, "I like zwetschge", "cleo")
	l.cleo.Comment(id, "so do I", "q7")
	l.ada.Ask(`mutation($in: CreateMeetingInput!) { createMeeting(input: $in) { ... on MeetingSaved { meeting { id } } ... on Problem { message } } }`,
		servertest.Object{"in": servertest.Object{"title": "Kick-off", "startsAt": "2026-05-04T09:30:00Z", "endsAt": "2026-05-04T10:30:00Z", "attendeeIds": []any{"q7", "cleo"}}})
	l.quirin.Ask(`mutation($id: ID!) { recordView(entityId: $id) }`, servertest.Object{"id": id})
	l.ada.Grant(servertest.Object{"id": id}, "q7", "READ")
	event := l.ada.Ask(`{ activity(feed: {type: USER, entityId: "q7"}, first: 1) { nodes { id } } }`, nil).At("activity.nodes.0")
	l.ids = servertest.Object{"id": id, "comment": said["id"], "conflict": conflict.Get("id"), "event": event.Get("id")}
	return l
}

// text returns an answer as text, in lower case.
func text(answer servertest.Answer) string { return strings.ToLower(answer.String()) }

func wantNothingOfHers(t *testing.T, what, text string) {
	t.Helper()
	for _, word := range hers {
		if i := strings.Index(strings.ToLower(text), word); i >= 0 {
			t.Errorf("%s: has %q: …%s…", what, word, text[max(0, i-80):min(len(text), i+80)])
		}
	}
}

const exportHers = `mutation { exportPersonalData(userId: "q7") }`

func TestErasure(t *testing.T) {
	t.Parallel()
	servertest.OnOneAndTwo(t, func(t *testing.T, one, two *servertest.Instance, database string) {
		org := rand.Text()
		l := lead(t, org, one, two)
		present := l.quirin.Connect()
		present.Subscribe("p", `subscription($room: ID!) { presence(room: $room, clientId: "tab") { totalCount } }`, servertest.Object{"room": l.ids["id"]})
		present.Next("p").Is(`{"presence": {"totalCount": 1}}`)
		watching := l.cleo.Connect()
		watching.Subscribe("p", `subscription($room: ID!) { presence(room: $room) { left totalCount } }`, servertest.Object{"room": l.ids["id"]})
		watching.Next("p").At("presence.totalCount").Is(`1`)
		before := text(l.ada.Ask(everything, l.ids)) + text(l.cleo.Ask(everything, l.ids)) + text(l.ada.Ask(exportHers, nil))
		for _, word := range hers {
			servertest.Want(t, "before, there is "+word, strings.Contains(before, word), true)
		}

		servertest.Want(t, "by a member", l.cleo.Code(`mutation { erasePersonalData(userId: "q7") }`, nil), "FORBIDDEN")
		servertest.Want(t, "of nobody", l.ada.Code(`mutation { erasePersonalData(userId: "nobody") }`, nil), "BAD_USER_INPUT")
		servertest.Want(t, "of the last admin", l.ada.Code(`mutation { erasePersonalData(userId: "ada") }`, nil), "BAD_USER_INPUT")
		if touched := l.ada.Ask(`mutation { erasePersonalData(userId: "q7") }`, nil).Number("erasePersonalData"); touched <= 5 {
			t.Errorf("only %v records were erased", touched)
		}
		watching.Next("p").At("presence.left").Is(`["q7"]`) // who left
		servertest.Want(t, "the end of her stream", present.Read().At("payload").Code(), "FORBIDDEN")
		l.ada.Ask(`mutation { erasePersonalData(userId: "q7") }`, nil).Is(`{"erasePersonalData": 0}`)

		for _, p := range []*servertest.Person{l.ada, l.cleo, l.ada.On(one), l.cleo.On(one)} {
			eventually.Is(t, "a member", func() any { return strings.Contains(text(p.Ask(everything, l.ids)), "quirina") }, false)
			wantNothingOfHers(t, "queries", text(p.Send(everything, l.ids)))
			wantNothingOfHers(t, "export of others", text(p.Send(`mutation { exportPersonalData(userId: "cleo") }`, nil)))
			if last := p.Ask(everything, l.ids); !strings.Contains(text(last), strings.ToLower(collab.ErasedName)) {
				t.Errorf("nobody is shown as erased: %v", last)
			}
		}
		wantNothingOfHers(t, "export", text(l.ada.Send(exportHers, nil)))
		servertest.Want(t, "comes back", l.quirin.Code(`{ viewer { role } }`, nil), "FORBIDDEN")
		servertest.Want(t, "comes back elsewhere", l.quirin.On(two).Code(`{ viewer { role } }`, nil), "FORBIDDEN")
		servertest.Want(t, "brought back", l.ada.Code(`mutation { setMemberRole(userId: "q7", role: ADMIN) { role } }`, nil), "BAD_USER_INPUT")

		l.ada.Ask(`mutation($conflict: ID!) { resolveCustomerConflict(input: {conflictId: $conflict, resolution: LOCAL}) {
			... on CustomerSaved { customer { version notes } } ... on Problem { message } } }`, l.ids).
			Is(`{"resolveCustomerConflict": {"customer": {"version": 3, "notes": "remote"}}}`) // her open conflict is over nothing
		l.wantReplaysClean(t, one, two)
		wantNothingOfHers(t, "database", dumpOf(t, database, org))
		wantNothingOfHers(t, "afterwards", text(l.ada.Send(everything, l.ids)))

		l.ada.Ask(`mutation { setMemberRole(userId: "cleo", role: ADMIN) { role } }`, nil)
		if touched := l.ada.Ask(`mutation { erasePersonalData(userId: "ada") }`, nil).Number("erasePersonalData"); touched <= 2 { // herself
			t.Errorf("only %v records were erased", touched)
		}
		servertest.Want(t, "ada comes back", l.ada.Code(`{ viewer { role } }`, nil), "FORBIDDEN")
		l.cleo.Ask(`{ viewer { organization { members { nodes { user { id } } } } } }`, nil).
			Is(`{"viewer": {"organization": {"members": {"nodes": [{"user": {"id": "cleo"}}]}}}}`) // who is left
	})
}

// wantReplaysClean resumes every stream from the beginning, on both instances, and continues the streams that were
// open before, without a gap.
func (l *life) wantReplaysClean(t *testing.T, one, two *servertest.Instance) {
	t.Helper()
	l.cleo.Comment(l.ids["id"], "the end", "ada")
	l.ada.Comment(l.ids["id"], "the end", "cleo")
	l.ada.Update(l.ids, 3, servertest.Object{"name": "the end"})
	for name, stream := range streams {
		var cursors [3][]any
		for i, s := range []*servertest.Socket{l.following[name], l.cleo.On(one).Connect(), l.cleo.On(two).Connect()} {
			if i > 0 {
				s.Subscribe("s", stream.query, servertest.Object{"after": l.first})
			}
			for n := 0; ; n++ {
				event := s.Next("s")
				shown := text(event)
				if i > 0 {
					wantNothingOfHers(t, "replay of "+name, shown)
				}
				cursors[i] = append(cursors[i], event.Get(stream.field+".cursor"))
				if name == "activity" && strings.Contains(shown, "customer.updated") && n > 6 ||
					name == "customers" && strings.Contains(shown, `"version":4`) ||
					name == "notification" && strings.Contains(shown, "the end") {
					break
				}
			}
		}
		servertest.Want(t, name+" on both", cursors[1], cursors[2])
		if name == "notification" { // of one that grew, what is replayed has only its newest place
			cursors[0] = slices.DeleteFunc(cursors[0], func(cursor any) bool { return !slices.Contains(cursors[1], cursor) })
		}
		missed := len(cursors[1]) - len(cursors[0]) // from before it was subscribed
		servertest.Want(t, name+" that went on", cursors[0], cursors[1][max(0, missed):])
	}
}

// dumpOf returns all rows of an organization in all tables of a Postgres database, as text. Without a database it
// returns "".
func dumpOf(t *testing.T, database, org string) string {
	t.Helper()
	if database == "" {
		return ""
	}
	ctx, cancel := context.WithTimeout(t.Context(), servertest.Patience)
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
