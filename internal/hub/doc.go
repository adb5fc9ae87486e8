// Package hub hands committed changes to the subscriptions of this instance.
//
// Each organization that somebody follows has a ring: the newest stretch of its
// log, in memory. Announced changes are appended to it. What was not announced,
// or is late, shows as a hole in the positions, and the hole is filled from the
// log, once for everybody. So the log decides what there is, and announcements
// only decide how soon it is known.
//
// A Subscription is a cursor. It reads from the ring while it keeps up, and from
// the log, at its own pace, while it does not. Resuming, falling behind, a lost
// announcement and a late one are therefore one case, and nobody's slowness
// costs anybody else anything: there is no queue for a subscription, and a
// change is never dropped.
//
// What is promised: a subscription yields every change after its cursor, once
// and in order, for as long as the log has them. If the log can't be read, it
// waits until it can. If the log was replaced, or no longer reaches back, it
// ends with a RESYNC_REQUIRED error. It never skips.
//
// Locks: Hub.mu may be held while ring.mu is taken, never the other way around,
// and neither while the log is read.
package hub
