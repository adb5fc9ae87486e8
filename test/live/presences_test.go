package live_test

import (
	"crypto/rand"
	"fmt"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

const watchesRooms = `subscription($rooms: [ID!]!) { presences(rooms: $rooms) { room snapshot { id } joined { id } left totalCount } }`

// One subscription watches several rooms: first a snapshot of each, then what changes in any of them.
func TestPresences(t *testing.T) {
	t.Parallel()
	servertest.OnOneAndTwo(t, func(t *testing.T, one, two *servertest.Instance, _ string) {
		org := rand.Text()
		ada, ben := servertest.Join(t, one, org, "ada", collab.RoleMember), servertest.Join(t, two, org, "ben", collab.RoleMember)
		enter := `mutation($room: ID!) { heartbeat(room: $room, clientId: "b") { room } }`
		leave := `mutation($room: ID!) { leaveRoom(room: $room, clientId: "b") }`
		ben.Ask(enter, servertest.Object{"room": "r7"})
		rooms := []string{"r7", "r7"}
		for i := range 100 {
			if i != 7 {
				rooms = append(rooms, fmt.Sprint("r", i))
			}
		}
		s := ada.Connect()
		s.Subscribe("1", watchesRooms, servertest.Object{"rooms": rooms[1:]})
		snapshots := map[string]string{}
		for range 100 {
			update := s.Next("1").At("presences")
			snapshots[update.Text("room")] = update.At("snapshot").String()
		}
		servertest.Want(t, "rooms", len(snapshots), 100)
		servertest.Want(t, "people", snapshots["r7"], `[{"id":"ben"}]`)
		servertest.Want(t, "people", snapshots["r8"], `[]`)
		ben.Ask(enter, servertest.Object{"room": "r42"})
		s.Next("1").Is(`{"presences": {"room": "r42", "snapshot": null, "joined": [{"id": "ben"}], "left": [], "totalCount": 1}}`)
		ben.Ask(leave, servertest.Object{"room": "r7"})
		s.Next("1").Is(`{"presences": {"room": "r7", "snapshot": null, "joined": [], "left": ["ben"], "totalCount": 0}}`)
		ben.Ask(`{ presence(room: "r42") { users { id } } }`, nil).Is(`{"presence": {"users": [{"id": "ben"}]}}`) // ada is in none of them
		for _, n := range []int{0, 101} {
			s.Subscribe("2", watchesRooms, servertest.Object{"rooms": append([]string{}, append(rooms[1:], "r100")[:n]...)})
			message := s.Read()
			message.At("type").Is(`"error"`)
			servertest.Want(t, "code", message.At("payload").Code(), "BAD_USER_INPUT")
		}
	})
}

// A room whose entity is hidden shows nobody, and one that is lost begins again without the people in it. The others
// continue.
func TestPresencesFollowAccess(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleAdmin)
	cy := servertest.Join(t, ada.At, "acme", "cy", collab.RoleMember)
	cy.Ask(`{ viewer { role } }`, nil)
	hidden := ada.Create(servertest.Object{"name": "Hidden", "visibility": "RESTRICTED"})
	lost := ada.Create(servertest.Object{"name": "Lost", "visibility": "RESTRICTED"})
	ada.Ask(`mutation($id: ID!) { grantAccess(entityId: $id, userId: "cy", level: READ) }`, servertest.Object{"id": lost["id"]})
	enter := `mutation($room: ID!) { heartbeat(room: $room, clientId: "a") { room } }`
	for _, room := range []any{hidden["id"], lost["id"]} {
		ada.Ask(enter, servertest.Object{"room": room})
	}
	s := cy.Connect()
	s.Subscribe("1", watchesRooms, servertest.Object{"rooms": []any{hidden["id"], lost["id"], "open"}})
	snapshots := map[any]string{}
	for range 3 {
		update := s.Next("1").At("presences")
		snapshots[update.Get("room")] = update.At("snapshot").String()
	}
	servertest.Want(t, "snapshots", snapshots, map[any]string{hidden["id"]: `[]`, lost["id"]: `[{"id":"ada"}]`, "open": `[]`})
	ada.Ask(`mutation($id: ID!) { revokeAccess(entityId: $id, userId: "cy") }`, servertest.Object{"id": lost["id"]})
	s.Next("1").Is(`{"presences": {"room": "$id", "snapshot": [], "joined": [], "left": [], "totalCount": 0}}`, servertest.Object{"id": lost["id"]})
	ada.Ask(enter, servertest.Object{"room": "open"})
	s.Next("1").Is(`{"presences": {"room": "open", "snapshot": null, "joined": [{"id": "ada"}], "left": [], "totalCount": 1}}`)
}
