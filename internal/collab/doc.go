// Package collab is the domain: what people work on together, how their writes
// are merged, and what everybody else is told.
//
// An organization owns one log. Every committed write of the organization is
// one Change of that log, written in the transaction that made it. Positions
// are dense and in commit order, so a follower of a log notices a missing
// change by its number. A Cursor is a position, together with the epoch that
// says which log it is a position of.
//
// An Entity (a Customer, a Call or a Meeting) has a version that counts its
// applied changes, and a document of fields. An edit is a Patch made against a
// base version: what only one side changed since then is merged, what both
// sides changed differently is a Conflict, which is kept until somebody
// resolves it.
//
// A Service decides every write. It is given what a write may depend on, read
// under lock by a Store, and answers with what to write; the Store commits it
// with its log row, and only then does the Service announce it on the Bus.
// Announcements may be lost, the log may not.
//
// Presences keep who is in which room, outside the log and outside the Store.
//
// The package imports the standard library, and golang.org/x/text for the tables of Unicode. Store, Bus and Presences are
// its seams; the packages named after a technology implement them.
package collab
