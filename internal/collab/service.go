package collab

import (
	"context"
	"log/slog"
	"time"
)

// A Service decides every write of the program, and checks the reads of clients. Any number of
// instances may work on one Store: a service keeps only the people it met recently and which rooms
// are closed to whom, both for a second at most, and refused sign-ins until they are written.
type Service struct {
	store     Store
	bus       Bus
	presences Presences // nil if there is no presence
	log       *slog.Logger
	now       func() time.Time
	push      *Push // nil if push is off
	mail      *Mail // nil if mail is off

	members recent[personKey, membership]
	users   recent[personKey, *User]
	rooms   recent[roomKey, bool]

	inboxes  inboxWakes
	reads    inboxReads
	refusals *refusals
	backlog  backlog
	counts   Counts
}

// NewService returns a service that writes to store and announces on bus. presences, if not nil, says
// where people are now, which is personal data too. now is the clock for all times that are stored.
func NewService(store Store, bus Bus, presences Presences, log *slog.Logger, now func() time.Time) *Service {
	return &Service{store: store, bus: bus, presences: presences, log: log, now: now, refusals: newRefusals()}
}

// write commits the decision of decide, then announces the change. A failed announcement does not
// fail the write: the change is in the log, and the other instances find it there.
func (s *Service) write(ctx context.Context, intent Intent, decide Decide) (*Written, error) {
	if err := checkClientMutationID(intent.ClientMutationID); err != nil {
		return nil, err
	}
	written, err := s.store.Write(ctx, intent, withOrigin(ctx, decide))
	s.committed(ctx, written) // even if there is an error
	return written, err
}

// Now returns the time by the service's clock.
func (s *Service) Now() Time { return At(s.now()) }

// committed announces the change of a write, if it made one.
func (s *Service) committed(ctx context.Context, written *Written) {
	if !written.changed() {
		return
	}
	if written.Change.MakesVersion() {
		s.backlog.add(written.Change.OrgID, 1, time.Now())
	}
	s.counts.write(written)
	s.announce(ctx, written.Change)
}

func (s *Service) announce(ctx context.Context, change *Change) {
	s.InvalidateCaches(change)
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

// A Saved is the answer to a write that was applied, or had nothing to change.
type Saved struct {
	Entity           Entity
	Cursor           Cursor
	Merged           bool
	ClientMutationID *ID
}

// A SavedAs is a Saved whose entity is of one type.
type SavedAs[E Entity] struct{ *Saved }

// Entity is the entity as the write left it.
func (s *SavedAs[E]) Entity() E { return s.Saved.Entity.(E) }

// Typed returns the answer by the type of its entity: a *SavedAs it.
func (s *Saved) Typed() Answer { return s.Entity.noun().saved(s) }

// actor returns the member who writes, as currently in the members table.
func (st *State) actor() (*Member, error) {
	if st.Actor == nil || st.Actor.Removed {
		return nil, errNotAMember()
	}
	return st.Actor, nil
}

// errNotAMember is for a person who is not a member, or no longer.
func errNotAMember() error {
	return Errorf(Forbidden, "you are not a member of this organization")
}

// admin returns the admin who writes. The error is Forbidden for everybody else.
func (st *State) admin() (*Member, error) {
	actor, err := st.actor()
	if err == nil && !actor.Role.AtLeast(RoleAdmin) {
		return nil, NeedsRole(RoleAdmin, actor.Role)
	}
	return actor, err
}

// NeedsRole is for a person whose role is too low.
func NeedsRole(needed, actual Role) *Error {
	return Errorf(Forbidden, "this needs the role %s; yours is %s", needed, actual)
}

// member returns somebody who is a member and not removed, or nil.
func (st *State) member(id ID) *Member {
	if m := st.Members[id]; m != nil && !m.Removed {
		return m
	}
	return nil
}

// visible returns the entity, deleted or not, if the actor may see it. Otherwise the error is an
// EntityGone, the same as for an id that never existed.
func (st *State) visible(actor *Member, id ID) (Entity, error) {
	if st.Entity == nil || !st.sees(actor, st.Entity) {
		return nil, &EntityGone{EntityID: id}
	}
	return st.Entity, nil
}

// living returns the entity of a type if the actor may see it and it is not deleted. Otherwise the
// error is an EntityGone.
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

// nextVersion prepares e, a copy, as the version after current.
func nextVersion(e Entity, actor ID, now Time) {
	r := e.Common()
	r.Version++
	r.UpdatedBy = actor
	r.UpdatedAt = now
}
