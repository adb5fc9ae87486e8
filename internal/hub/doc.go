// Package hub delivers committed changes to the subscriptions of this instance.
//
// Each organization with a subscription has a ring: the newest part of its log, in memory.
// Announced changes are appended to it. A change that was not announced, or is late, leaves a gap
// in the positions, and the ring fills the gap from the log, once for all subscriptions. So the
// log decides which changes there are, and announcements only decide how soon they are known.
//
// A Subscription is a cursor. It reads from the ring while it keeps up, and from the log while it
// does not. Resuming, falling behind, a lost announcement and a late one are therefore one case.
// There is no queue for a subscription: a slow one costs the others nothing, and no change is dropped.
//
// A subscription yields every change after its cursor, once and in order, as long as the
// log has them. If the log can't be read, it waits until it can. If the log was replaced, or no
// longer reaches back to the cursor, it ends with a RESYNC_REQUIRED error. It never skips.
//
// Broadcasts execute an operation once for all subscribers that are shown the same bytes, and
// deliver each rendered event to them. A change of access ends a member's place in its broadcast
// before the change is delivered; the subscriber is identified again, and resumes.
//
// # Lock order
//
// This is the order of every pair of mutexes in the program of which one is locked while
// the other is held. A goroutine that holds one may lock those to the right of it, and no other:
//
//	Broadcasts.mu → broadcast.mu → Hub.mu → ring.mu → the caches of collab (recent.mu)
//	topic.mu (redis, memory) → Hub.mu, recent.mu or inboxWakes.mu
//	broadcast.mu → websocket: socket.mu → connection.mu or poller.mu
//	broadcast.mu → websocket: operation.mu → connection.mu → session.Session.mu
//	resolvers: presenceLease.mu → session.Session.mu
//	resolvers: presenceLease.mu → presence: room.calls → Rooms.mu → room.mu; room.calls → a store
//	presence: Several.mu → Rooms.mu
//	engine: roomRenders.mu → whatever a render locks; dataloaders: Ahead.mu → ring.mu, or a store
//	stream: reservedStream.mu → session.Session.mu
//
// Every other mutex is innermost: nothing else is locked while it is held. Delivering to a
// member writes to its socket with broadcast.mu held; that write never blocks. No mutex is held
// while the log or a store is read, except room.calls, presenceLease.mu, roomRenders.mu and Ahead.mu,
// which keep calls in order, or let one caller read for several.
package hub
