package security_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tandem/internal/auth"
	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// alike are texts that look like "zoé", or that some comparison rule treats as equal to it.
var alike = []string{
	"zoe\u0301",          // the same letter in two characters
	"ZO\u00c9",           // in capitals
	"z\u043e\u00e9",      // with a Cyrillic о
	"\uff5a\uff4f\u00e9", // in full-width letters
	"zoe", "z\u00f6e",
	"\U0001d633o\u00e9", // in italics
	"zo\u00e9/", "zo\u00e9%", "zo_", "zo\u00e9:",
}

// indistinct ids can't be told from "zo\u00e9" by their look, so they are refused.
var indistinct = []string{
	"zo\u00e9\u200b", // with a zero-width space
	"zo\u00e9\u200d", "\u2060zo\u00e9", "zo\u00e9\ufeff", "zo\u00ad\u00e9", "zo\u00e9\u3164", "zo\u00e9\ue000", "zo\u00e9\ufffe",
	"\u202ezo\u00e9", "zo\u00e9\u202c", "zo\u00e9 ", " zo\u00e9", "zo\u00e9\u00a0", "zo\u00e9\u2028",
}

// signed returns a person with exactly these ids.
func signed(t *testing.T, at *servertest.Instance, org, user, name string) *servertest.Person {
	t.Helper()
	token, err := auth.NewVerifier([]string{servertest.Secret}, "", "", time.Now).Sign(collab.Claims{
		UserID: collab.ID(user), OrganizationID: collab.ID(org), Role: collab.RoleMember, Name: name,
	}, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return &servertest.Person{T: t, At: at, Token: token}
}

// Ids are compared byte by byte: an organization, person, room or client that looks the same, or is equal by some
// rule, is a different one.
func TestLookAlikeIDsDiffer(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]func(testing.TB) map[string]string{"sqlite": servertest.Embedded, "postgres and redis": servertest.Shared} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := servertest.Start(t, settings(t))
			const real = "zo\u00e9"
			org := "org of " + name
			zoe := signed(t, at, org, real, "Zoé")
			customer := zoe.Create(servertest.Object{"name": real, "ownerId": real})
			const beat = `mutation($room: ID!, $client: ID!) { heartbeat(room: $room, clientId: $client) { totalCount users { clients } } }`
			for _, other := range alike {
				// As an organization it is empty for every member.
				stranger := signed(t, at, strings.Replace(org, "org", other, 1), real, "Zoé")
				stranger.Ask(`query($id: ID!) { customer(id: $id) { id } customers { totalCount } }`, servertest.Object{"id": customer["id"]}).
					Is(`{"customer": null, "customers": {"totalCount": 0}}`)
				// As a person it is somebody else, who owns nothing and may not do what the owner may.
				namesake := signed(t, at, org, other, "Zoé")
				seen := namesake.Ask(`query($id: ID!, $owner: ID!) { viewer { user { id } } customer(id: $id) { viewerAccess { canDelete } }
					customers(filter: {ownerId: $owner}) { totalCount } activity(feed: {type: USER, entityId: $owner}) { nodes { id } } }`,
					servertest.Object{"id": customer["id"], "owner": other})
				seen.Is(`{"viewer": {"user": {"id": "$owner"}}, "customer": {"viewerAccess": {"canDelete": false}}, "customers": {"totalCount": 0}, "activity": {"nodes": []}}`)
				// As a room it is a different one, and as a client too.
				zoe.Ask(`query($room: ID!) { presence(room: $room) { totalCount } }`, servertest.Object{"room": other}).Is(`{"presence": {"totalCount": 0}}`)
				zoe.Ask(beat, servertest.Object{"room": real, "client": real})
				zoe.Ask(beat, servertest.Object{"room": real, "client": other}).Is(`{"heartbeat": {"totalCount": 1, "users": [{"clients": 2}]}}`)
				zoe.Ask(`mutation($room: ID!, $client: ID!) { leaveRoom(room: $room, clientId: $client) }`, servertest.Object{"room": real, "client": other})
				// As an entity it does not exist.
				zoe.Ask(`query($id: ID!) { node(id: $id) { id } }`, servertest.Object{"id": strings.Replace(customer["id"].(string), "c", "\u0441", 1)}).Is(`{"node": null}`)
				// As the id of a mutation it is a different one, so the mutation applies once more.
				zoe.Create(servertest.Object{"name": "x", "clientMutationId": other})
			}
			zoe.Ask(`{ customers { totalCount } viewer { organization { members { totalCount } } } }`, nil).
				Is(`{"customers": {"totalCount": "$all"}, "viewer": {"organization": {"members": {"totalCount": "$all"}}}}`, servertest.Object{"all": 1 + len(alike)})
		})
	}
}

// A name in a token can't affect the text around it; ids with control characters can't sign in.
func TestNamesAreCleaned(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	const evil = "Ada\u202e\u2066\u0000\u001b[2J\r\nBen\u2069\u202c"
	signed(t, at, "acme", "ada", evil).Ask(`{ viewer { user { name } } }`, nil).Is(`{"viewer": {"user": {"name": "Ada[2JBen"}}}`)
	arabic := "\u0645\u062d\u0645\u200d\u062f\u200f (\u200eada)"
	signed(t, at, "acme", "ben", arabic).Ask(`{ viewer { user { name } } }`, nil).
		Is(`{"viewer": {"user": {"name": "$arabic"}}}`, servertest.Object{"arabic": arabic}) // a name that needs marks
	for _, id := range []string{"a\x00", "a\nb", "\u0085", strings.Repeat("x", 256), ""} {
		for who, p := range map[string]*servertest.Person{"person": signed(t, at, "acme", id, "Ada"), "organization": signed(t, at, id, "ada", "Ada")} {
			servertest.Want(t, fmt.Sprintf("%s %q", who, id), p.Code(`{ viewer { role } }`, nil), "UNAUTHENTICATED")
		}
	}
}

// A client's name counts together with the person's, so nobody moves or removes another person's client in a room.
func TestClientsOfOtherPeople(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleMember), servertest.Join(t, at, "acme", "ben", collab.RoleAdmin)
	ada.Ask(`mutation { heartbeat(room: "r", clientId: "c", state: {currentPage: "ada's"}) { totalCount } }`, nil)
	ben.Ask(`mutation { shows: updatePresence(room: "r", clientId: "c", state: {currentPage: "evil"}) leaves: leaveRoom(room: "r", clientId: "c") }`, nil).
		Is(`{"shows": false, "leaves": false}`)
	ben.Ask(`mutation { heartbeat(room: "r", clientId: "c", state: {currentPage: "ben's"}) { users { id currentPage clients } } }`, nil).
		Is(`{"heartbeat": {"users": [{"id": "ada", "currentPage": "ada's", "clients": 1}, {"id": "ben", "currentPage": "ben's", "clients": 1}]}}`)
}

// An id that can't be told from another one by its look is refused wherever an id is taken, before anything runs.
func TestIndistinctIDsAreRefused(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	zoe := signed(t, at, "acme", "zo\u00e9", "Zoé")
	for _, id := range indistinct {
		servertest.Want(t, "a person", signed(t, at, "acme", id, "Zoé").Code(`{ viewer { role } }`, nil), "UNAUTHENTICATED")
		servertest.Want(t, "an organization", signed(t, at, id, "zo\u00e9", "Zoé").Code(`{ viewer { role } }`, nil), "UNAUTHENTICATED")
		for _, taking := range []string{
			`query($id: ID!) { presence(room: $id) { totalCount } }`,
			`query($id: ID!) { node(id: $id) { id } }`,
			`mutation($id: ID!) { createCustomer(input: {name: "first"}) { __typename } heartbeat(room: "r", clientId: $id) { totalCount } }`,
			`mutation($id: ID!) { createCustomer(input: {name: "first", clientMutationId: $id}) { __typename } }`,
		} {
			servertest.Want(t, taking, zoe.Code(taking, servertest.Object{"id": id}), "BAD_USER_INPUT")
		}
	}
	zoe.Ask(`{ customers { totalCount } }`, nil).Is(`{"customers": {"totalCount": 0}}`)
}
