package collab

import "strings"

// inboxRoom is a room that no client can name, since no id of a client contains this character. It has the clients of an
// organization that follow an inbox, and nobody is shown who is in it.
const inboxRoom = "\x1einbox"

// InboxRoom returns the room with the clients of an organization that follow an inbox.
func InboxRoom(orgID ID) Room { return Room{OrgID: orgID, ID: inboxRoom} }

// isOwnRoom reports whether the room is one of the server's, of which clients know nothing.
func isOwnRoom(id ID) bool { return strings.HasPrefix(string(id), "\x1e") }
