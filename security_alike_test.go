package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tandem/internal/auth"
	"tandem/internal/collab"
)

// alike are texts that look like "zoé", or that some rule of comparison takes for it.
var alike = []string{
	"zoe\u0301",      // the same letter in two characters
	"ZO\u00c9",       // in capitals
	"zo\u00e9\u200b", // with a space of no width
	"zo\u00e9\u200d", "\u2060zo\u00e9", "zo\u00e9\ufeff", "zo\u00ad\u00e9",
	"z\u043e\u00e9",      // with a Cyrillic о
	"\uff5a\uff4f\u00e9", // in full width
	"\u202ezo\u00e9", "zo\u00e9\u202c", "zo\u00e9 ", " zo\u00e9", "zo\u00e9\u00a0", "zoe", "z\u00f6e",
	"\U0001d633o\u00e9", // in italics
	"zo\u00e9/", "zo\u00e9%", "zo_", "zo\u00e9:", "zo\u00e9\u2028",
}

// signed returns somebody by ids as they are.
func signed(t *testing.T, at *instance, org, user, name string) *person {
	t.Helper()
	token, err := auth.NewVerifier([]string{secret}, "", "", time.Now).Sign(collab.Claims{
		UserID: collab.ID(user), OrganizationID: collab.ID(org), Role: collab.RoleMember, Name: name,
	}, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return &person{t: t, at: at, token: token}
}

// Ids are compared byte by byte: what looks like an organization, a person, a room
// or a client, or is the same by some rule, is another one.
func TestLookAlikesAreOthers(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]func(*testing.T) map[string]string{"sqlite": embedded, "postgres and redis": shared} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := start(t, settings(t))
			const real = "zo\u00e9"
			org := "org of " + name
			zoe := signed(t, at, org, real, "Zoé")
			customer := zoe.create(object{"name": real, "ownerId": real})
			const beat = `mutation($room: ID!, $client: ID!) { heartbeat(room: $room, clientId: $client) { totalCount users { clients } } }`
			for _, other := range alike {
				// As an organization it is empty for every member.
				stranger := signed(t, at, strings.Replace(org, "org", other, 1), real, "Zoé")
				want(t, other, stranger.ask(`query($id: ID!) { customer(id: $id) { id } customers { totalCount } }`, object{"id": customer["id"]}),
					object{"customer": nil, "customers": object{"totalCount": 0}})
				// As a person it is somebody else, who owns nothing and may not do what the owner may.
				namesake := signed(t, at, org, other, "Zoé")
				seen := namesake.ask(`query($id: ID!, $owner: ID!) { viewer { user { id } } customer(id: $id) { viewerAccess { canDelete } }
					customers(filter: {ownerId: $owner}) { totalCount } activity(feed: {type: USER, entityId: $owner}) { nodes { id } } }`,
					object{"id": customer["id"], "owner": other})
				want(t, other, seen, object{"viewer": object{"user": object{"id": other}}, "customer": object{"viewerAccess": object{"canDelete": false}},
					"customers": object{"totalCount": 0}, "activity": object{"nodes": []any{}}})
				// As a room it is another one, and as a client too.
				want(t, other, zoe.ask(`query($room: ID!) { presence(room: $room) { totalCount } }`, object{"room": other}), object{"presence": object{"totalCount": 0}})
				zoe.ask(beat, object{"room": real, "client": real})
				want(t, other, zoe.ask(beat, object{"room": real, "client": other}),
					object{"heartbeat": object{"totalCount": 1, "users": []any{object{"clients": 2}}}})
				zoe.ask(`mutation($room: ID!, $client: ID!) { leaveRoom(room: $room, clientId: $client) }`, object{"room": real, "client": other})
				// As an entity it is none.
				want(t, other, zoe.ask(`query($id: ID!) { node(id: $id) { id } }`, object{"id": strings.Replace(customer["id"].(string), "c", "\u0441", 1)}), object{"node": nil})
				// As a name of a mutation it is another one, which applies once more.
				zoe.create(object{"name": "x", "clientMutationId": other})
			}
			want(t, "made", zoe.ask(`{ customers { totalCount } }`, nil), object{"customers": object{"totalCount": 1 + len(alike)}})
			members := zoe.ask(`{ viewer { organization { members { totalCount } } } }`, nil)["viewer"].(object)["organization"].(object)
			want(t, "members", members, object{"members": object{"totalCount": 1 + len(alike)}})
		})
	}
}

// A name in a token can't reach into the text around it; ids with control characters sign nobody in.
func TestNamesStayInTheirPlace(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	const evil = "Ada\u202e\u2066\u0000\u001b[2J\r\nBen\u2069\u202c"
	seen := signed(t, at, "acme", "ada", evil).ask(`{ viewer { user { name } } }`, nil)["viewer"].(object)["user"].(object)["name"]
	want(t, "name", seen, "Ada[2JBen")
	arabic := "\u0645\u062d\u0645\u200d\u062f\u200f (\u200eada)"
	want(t, "a name that needs marks", signed(t, at, "acme", "ben", arabic).ask(`{ viewer { user { name } } }`, nil)["viewer"].(object)["user"].(object)["name"], arabic)
	for _, id := range []string{"a\x00", "a\nb", "\u0085", strings.Repeat("x", 256), ""} {
		for who, p := range map[string]*person{"person": signed(t, at, "acme", id, "Ada"), "organization": signed(t, at, id, "ada", "Ada")} {
			want(t, fmt.Sprintf("%s %q", who, id), p.code(`{ viewer { role } }`, nil), "UNAUTHENTICATED")
		}
	}
}

// A client's name counts together with the person's, so nobody moves or shows another out of a room.
func TestNobodySpeaksForAnothersClient(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	ada, ben := join(t, at, "acme", "ada", collab.RoleMember), join(t, at, "acme", "ben", collab.RoleAdmin)
	ada.ask(`mutation { heartbeat(room: "r", clientId: "c", state: {currentPage: "ada's"}) { totalCount } }`, nil)
	tried := ben.ask(`mutation { shows: updatePresence(room: "r", clientId: "c", state: {currentPage: "evil"}) leaves: leaveRoom(room: "r", clientId: "c") }`, nil)
	want(t, "tried", tried, object{"shows": false, "leaves": false})
	seen := ben.ask(`mutation { heartbeat(room: "r", clientId: "c", state: {currentPage: "ben's"}) { users { id currentPage clients } } }`, nil)
	want(t, "seen", seen["heartbeat"], object{"users": []any{
		object{"id": "ada", "currentPage": "ada's", "clients": 1}, object{"id": "ben", "currentPage": "ben's", "clients": 1}}})
}
