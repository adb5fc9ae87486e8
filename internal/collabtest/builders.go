package collabtest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"tandem/internal/collab"
)

// A company is one organization of a store under test, as one of its people
// writes to it. Its clock moves on by a second with every look at it.
type company struct {
	t     testing.TB
	store collab.Store
	id    collab.ID
	actor collab.ID
	clock *atomic.Int64
}

// founding is when the clock of every company starts.
var founding = time.Date(2026, 5, 4, 9, 30, 0, 123e6, time.UTC)

// ann is the first member of every company.
const ann collab.ID = "ann"

// found makes a company whose only member is ann, an admin.
func found(t testing.TB, store collab.Store) *company {
	t.Helper()
	c := &company{t: t, store: store, id: collab.NewID("org", time.Now()), actor: ann, clock: new(atomic.Int64)}
	c.join(ann)
	return c
}

// as is the company as somebody else writes to it.
func (c *company) as(actor collab.ID) *company {
	other := *c
	other.actor = actor
	return &other
}

// through is the company as it is seen through another store.
func (c *company) through(store collab.Store) *company {
	other := *c
	other.store = store
	return &other
}

func (c *company) scope() collab.Scope { return collab.Scope{OrgID: c.id} }

func (c *company) now() collab.Time {
	return collab.At(founding.Add(time.Duration(c.clock.Add(1)) * time.Second))
}

// Join commits what claims say, and returns the change; nil if they say nothing new.
func Join(ctx context.Context, store collab.Store, claims collab.Claims, now collab.Time) (*collab.Change, error) {
	intent, decide := claims.Join(now)
	written, err := untilAvailable(ctx, store, intent, decide)
	if written == nil {
		return nil, err
	}
	return written.Change, err
}

// mostAttempts bounds how often a write is repeated whose store is busy.
const mostAttempts = 5

// untilAvailable writes again while the store is busy, as clients do. A store bounds the time for which
// a write waits for others, and on a slow machine many at once take longer; such a write had no effect.
func untilAvailable(ctx context.Context, store collab.Store, intent collab.Intent, decide collab.Decide) (*collab.Written, error) {
	for attempt := 1; ; attempt++ {
		written, err := store.Write(ctx, intent, decide)
		if err == nil || attempt == mostAttempts || collab.CodeOf(err) != collab.Unavailable {
			return written, err
		}
	}
}

// join makes people members, whose names are their ids.
func (c *company) join(ids ...collab.ID) {
	c.t.Helper()
	for _, id := range ids {
		claims := collab.Claims{UserID: id, OrganizationID: c.id, Role: collab.RoleAdmin, Name: string(id)}
		if _, err := Join(c.t.Context(), c.store, claims, c.now()); err != nil {
			c.t.Fatalf("join: %v", err)
		}
	}
}

// write commits a write that has to succeed, and returns its change.
func (c *company) write(intent collab.Intent, decide collab.Decide) *collab.Change {
	c.t.Helper()
	change, err := c.tryWrite(intent, decide)
	if err != nil {
		c.t.Fatalf("write: %v", err)
	}
	return change
}

// tryWrite is write for a goroutine, which must not end the test.
func (c *company) tryWrite(intent collab.Intent, decide collab.Decide) (*collab.Change, error) {
	intent.OrgID, intent.ActorID = c.id, c.actor
	written, err := untilAvailable(c.t.Context(), c.store, intent, decide)
	if written == nil {
		return nil, err
	}
	return written.Change, err
}

// change begins a change that makes a version.
func (c *company) change(t collab.ChangeType, e collab.Entity) *collab.Change {
	change := c.event(t, e)
	change.Snapshot = e
	return change
}

// event begins a change that makes no version.
func (c *company) event(t collab.ChangeType, e collab.Entity) *collab.Change {
	r := e.Common()
	return &collab.Change{
		Type: t, EntityType: r.Type, EntityID: r.ID, EntityVersion: r.Version,
		CustomerID: e.Indexed().CustomerID, ActorID: c.actor, OccurredAt: c.now(),
	}
}

// view commits a change that makes no version.
func (c *company) view(id collab.ID) *collab.Change {
	c.t.Helper()
	return c.write(collab.Intent{EntityID: id}, func(st *collab.State) (*collab.Decision, error) {
		return &collab.Decision{Change: c.event(collab.ChangeView, st.Entity)}, nil
	})
}

// comment commits a comment.
func (c *company) comment(id collab.ID, body string, mentions ...collab.ID) *collab.Comment {
	c.t.Helper()
	comment := &collab.Comment{ID: collab.NewID("com", time.Now()), EntityID: id, AuthorID: c.actor, Body: body, MentionIDs: mentions}
	c.write(collab.Intent{EntityID: id}, func(st *collab.State) (*collab.Decision, error) {
		change := c.event(collab.ChangeComment, st.Entity)
		change.CommentID = &comment.ID
		comment.EntityType, comment.CreatedAt = change.EntityType, change.OccurredAt
		return &collab.Decision{Change: change, Comment: comment}, nil
	})
	return comment
}

// tell commits a change that notifies people.
func (c *company) tell(id collab.ID, people ...collab.ID) *collab.Change {
	c.t.Helper()
	return c.write(collab.Intent{EntityID: id}, func(st *collab.State) (*collab.Decision, error) {
		change := c.event(collab.ChangeView, st.Entity)
		for _, person := range people {
			change.Notifications = append(change.Notifications, &collab.Notification{
				ID: collab.NewID("ntf", time.Now()), UserID: person, Kind: collab.NotifyMention,
				Title: "Ann told you", Body: fmt.Sprintf("of %s", id), EntityType: &change.EntityType, EntityID: &change.EntityID,
				ActorID: &change.ActorID, ActorIDs: []collab.ID{change.ActorID}, Count: 1, CreatedAt: change.OccurredAt, UpdatedAt: change.OccurredAt,
			})
		}
		return &collab.Decision{Change: change}, nil
	})
}

// head is how far the company's log reaches.
func (c *company) head() collab.Head {
	c.t.Helper()
	head := must(c.store.Heads(c.t.Context(), []collab.ID{c.id}))(c.t)[c.id]
	org, member, err := c.store.Member(c.t.Context(), c.id, ann)
	if err != nil {
		c.t.Fatal(err)
	}
	same, sameOrg, sameMember, err := c.store.MemberAtHead(c.t.Context(), c.id, ann)
	if err != nil {
		c.t.Fatal(err)
	}
	equal(c.t, "head with a member", same, head)
	equal(c.t, "organization at the head", sameOrg, org)
	equal(c.t, "member at the head", sameMember, member)
	return head
}

// log is the company's log after a position.
func (c *company) log(after int64) []*collab.Change {
	c.t.Helper()
	return must(c.store.Changes(c.t.Context(), c.id, after, 1000))(c.t)
}

// entity is an entity as it is now; nil when it is not there.
func (c *company) entity(id collab.ID) collab.Entity {
	c.t.Helper()
	return must(c.store.Entities(c.t.Context(), c.scope(), []collab.ID{id}))(c.t)[id]
}

// comments are the comments of an entity.
func (c *company) comments(id collab.ID) []*collab.Comment {
	c.t.Helper()
	return must(c.store.EntityComments(c.t.Context(), c.scope(), []collab.ID{id}, nil, 1000))(c.t)[id]
}
