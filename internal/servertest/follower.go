package servertest

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"
)

// An AccessFollower reads all changes that a person receives, until a last one.
type AccessFollower struct {
	t     testing.TB
	name  string
	conn  *Hearing
	got   []string
	ended string // the errors that the subscription ended with
}

func (p *Person) FollowAccess(name string, after any) *AccessFollower {
	p.T.Helper()
	s := p.Connect()
	s.Subscribe("1", `subscription ($after: Cursor) { entityChanged(after: $after) { entityId version } }`, Object{"after": after})
	return &AccessFollower{t: p.T, name: name, conn: s.Conn}
}

// Read reads until the follower has received n changes, or its subscription ends.
func (f *AccessFollower) Read(n int) {
	f.t.Helper()
	for len(f.got) < n && f.ended == "" {
		encoded, err := f.conn.Next(Patience)
		if err != nil {
			f.t.Fatalf("%s: %v after %d of %d", f.name, err, len(f.got), n)
		}
		var m struct {
			Type    string
			Payload json.RawMessage
		}
		if err := json.Unmarshal(encoded, &m); err != nil {
			f.t.Fatal(err)
		}
		if m.Type == "error" {
			f.ended = string(m.Payload)
			return
		}
		var payload struct {
			Data struct {
				EntityChanged struct {
					EntityID string
					Version  int
				}
			}
		}
		if err := json.Unmarshal(m.Payload, &payload); err != nil || m.Type != "next" {
			f.t.Fatalf("%s: %s", f.name, encoded)
		}
		change := payload.Data.EntityChanged
		f.got = append(f.got, fmt.Sprint(change.EntityID, " ", change.Version))
	}
}

// Want reads until the last change that the person has to receive, or until the
// end of the subscription of somebody who was removed.
func (f *AccessFollower) Want(told []string, stays bool) {
	f.t.Helper()
	if f.Read(len(told)); !stays {
		f.Read(len(told) + 1)
	}
	if stays != (f.ended == "") {
		f.t.Errorf("%s: it ended with %q", f.name, f.ended)
	}
	if !slices.Equal(f.got, told) {
		f.t.Errorf("%s was told\n%v, want\n%v", f.name, f.got, told)
	}
}

// Restricted makes a customer that only its creator, its owner and admins see.
func (p *Person) Restricted(name string) Object {
	p.T.Helper()
	return p.Create(Object{"name": name, "visibility": "RESTRICTED"})
}

func (p *Person) Grant(customer Object, user string, level string) {
	p.T.Helper()
	p.Ask(`mutation ($id: ID!, $user: ID!, $level: AccessLevel!) { grantAccess(entityId: $id, userId: $user, level: $level) }`,
		Object{"id": customer["id"], "user": user, "level": level})
}

func (p *Person) Revoke(customer Object, user string) {
	p.T.Helper()
	p.Ask(`mutation ($id: ID!, $user: ID!) { revokeAccess(entityId: $id, userId: $user) }`, Object{"id": customer["id"], "user": user})
}

// Briefly returns the person with a token that runs out in less than a minute, so
// that the first event of a session shows that it is followed.
func (p *Person) Briefly(user string) *Person {
	p.T.Helper()
	return p.Until(user, "acme", time.Now().Add(50*time.Second))
}
