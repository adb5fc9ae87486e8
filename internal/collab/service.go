package collab

import (
	"context"
	"log/slog"
	"time"
)

// A Service decides every write of the program, and is where the reads of
// clients are checked. Any number of instances may work on one Store: all that a
// service keeps is the people it met lately, and which rooms are closed to whom,
// for a second at most, and the sign-ins that were refused until they are written.
type Service struct {
	// Presences, if set, is where people are seen now, which is theirs too.
	Presences Presences

	store Store
	bus   Bus
	log   *slog.Logger
	now   func() time.Time

	members recent[personKey, membership]
	users   recent[personKey, *User]
	rooms   recent[roomKey, bool]

	refusals *refusals
	backlog  backlog
}

// NewService returns a service that keeps in store and announces on bus. now is
// the clock of everything that is kept.
func NewService(store Store, bus Bus, log *slog.Logger, now func() time.Time) *Service {
	return &Service{store: store, bus: bus, log: log, now: now, refusals: newRefusals()}
}

// write commits what decide says, then announces it. That a change could not be
// announced is no failure of the write: it is in the log, and the other
// instances find it there.
func (s *Service) write(ctx context.Context, intent Intent, decide func(*State) (*Decision, error)) (*Change, error) {
	if err := checkClientMutationID(intent.ClientMutationID); err != nil {
		return nil, err
	}
	change, err := s.store.Write(ctx, intent, withOrigin(ctx, decide))
	if change != nil { // it was committed, also with an error
		if change.MakesVersion() {
			s.backlog.add(change.OrgID, 1, time.Now())
		}
		s.announce(ctx, change)
	}
	return change, err
}

func (s *Service) announce(ctx context.Context, change *Change) {
	s.Heard(change)
	// The request may be over already; the announcement is for the others.
	if err := s.bus.Announce(context.WithoutCancel(ctx), change); err != nil {
		s.log.Warn("announcement lost, the log has it", "org", change.OrgID, "position", change.Cursor.Position, "error", err)
	}
}

// maxClientMutationID bounds a clientMutationId in bytes; a UUID has 36.
const maxClientMutationID = 128

func checkClientMutationID(id *ID) error {
	if id != nil && (*id == "" || len(*id) > maxClientMutationID) {
		return invalid("clientMutationId", "must have 1 to 128 bytes; a UUID will do")
	}
	return nil
}

// A Saved is the answer to a write that was applied, or that had nothing to change.
type Saved struct {
	Entity           Entity
	Cursor           Cursor
	Merged           bool
	ClientMutationID *ID
}

// actor returns the member who writes, as the members table has them now.
func (st *State) actor() (*Member, error) {
	if st.Actor == nil || st.Actor.Removed {
		return nil, Errorf(Forbidden, "you are not a member of this organization")
	}
	return st.Actor, nil
}

// member returns somebody who is a member and not removed, or nil.
func (st *State) member(id ID) *Member {
	if m := st.Members[id]; m != nil && !m.Removed {
		return m
	}
	return nil
}

// visible returns the entity, deleted or not, if the actor may see it. Else it
// is an EntityGone, the same as for an id that never was.
func (st *State) visible(actor *Member, id ID) (Entity, error) {
	if st.Entity == nil || !st.sees(actor, st.Entity) {
		return nil, &EntityGone{EntityID: id}
	}
	return st.Entity, nil
}

// living returns the entity of a type if the actor may see it and it is not
// deleted, else an EntityGone.
func (st *State) living(actor *Member, id ID, t EntityType) (Entity, error) {
	if _, err := st.visible(actor, id); err != nil {
		return nil, err
	}
	if t != "" && st.Entity.Common().Type != t {
		return nil, &EntityGone{EntityID: id}
	}
	if r := st.Entity.Common(); r.DeletedAt != nil {
		return nil, &EntityGone{EntityID: id, DeletedAt: r.DeletedAt, DeletedByID: &r.UpdatedBy}
	}
	return st.Entity, nil
}

// nextVersion prepares e, a copy, to be the version after current.
func nextVersion(e Entity, actor ID, now Time) {
	r := e.Common()
	r.Version++
	r.UpdatedBy = actor
	r.UpdatedAt = now
}
