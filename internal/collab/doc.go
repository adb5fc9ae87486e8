// Package collab is the domain: the entities that people work on together, how their writes are
// merged, and the changes that everybody else receives.
//
// An organization owns one log. Every committed write of the organization is one Change of that
// log, written in the transaction that made it. Positions are dense and in commit order, so a
// follower of a log notices a missing change by its number. A Cursor is a position together with an
// epoch, which identifies the log that the position belongs to.
//
// An Entity (a Customer, a Call, a Meeting or a Deal) has a version that counts its applied changes, and a
// document of fields. An edit is a Patch against a base version. Fields that only one side changed
// since then are merged; fields that both sides changed differently are a Conflict, which is kept
// until somebody resolves it.
//
// A Service decides every write. A Store reads, under lock, everything that a write may depend on;
// the Service decides what to write; the Store commits that together with its log row; and only
// then does the Service announce it on the Bus. Announcements may be lost; the log may not.
//
// Presences record who is in which room, outside the log and the Store.
//
// The prefix of a file says what it is about: entity_ the types of entities and their documents, write_ the decisions
// (write_stale_ for edits of an old version), read_ queries, log_ changes and cursors, access_ people and what they may
// see, presence_ rooms, audit_ the audit trail, personal_ exports and erasures, text_ the rules of text. store.go, bus.go,
// presence.go and limit.go are the seams.
//
// The package imports the standard library, golang.org/x/text for the tables of Unicode, and go-json-experiment/json to
// decode documents. Store, Bus, Presences and Limits are its seams; the packages named after a technology implement them.
package collab
