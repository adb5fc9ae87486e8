package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"tandem/internal/collab"
)

// A writer runs a plan through a Service whose clock it sets.
type writer struct {
	service *collab.Service
	clock   time.Time
	// viewers are the people who have joined.
	viewers map[collab.ID]*collab.Viewer
	// cursor is the cursor of the last change.
	cursor collab.Cursor
	// mutation is the clientMutationId of the step under way.
	mutation collab.ID
}

func newWriter(store collab.Store, log *slog.Logger) *writer {
	w := &writer{viewers: map[collab.ID]*collab.Viewer{}}
	w.service = collab.NewService(store, silence{}, nil, log, func() time.Time { return w.clock })
	return w
}

// silence is a bus for the time before anybody listens.
type silence struct{}

func (silence) Announce(context.Context, *collab.Change) error          { return nil }
func (silence) Listen(context.Context, func(*collab.Change))            {}
func (silence) AnnounceMarks(context.Context, collab.InboxMarked) error { return nil }
func (silence) ListenMarks(context.Context, func(collab.InboxMarked))   {}

// mutationID is the clientMutationId of the step with a key.
func mutationID(key string) collab.ID { return collab.ID("demo-" + key) }

// run runs step number n of the plan.
func (w *writer) run(ctx context.Context, n int, s *step) error {
	key := s.key
	if key == "" {
		key = fmt.Sprint(n)
	}
	w.clock, w.mutation = s.at, mutationID(key)
	if err := s.do(w, ctx, s); err != nil {
		return fmt.Errorf("step %d, by %s: %w", n, s.by, err)
	}
	return nil
}

func (w *writer) admit(ctx context.Context, claims collab.Claims, at time.Time) error {
	w.clock = at
	v, err := w.service.Admit(ctx, claims)
	w.viewers[claims.UserID] = v
	return err
}

func (w *writer) join(ctx context.Context, s *step) error {
	for _, claims := range People() {
		if claims.UserID == s.by {
			return w.admit(ctx, claims, s.at)
		}
	}
	return nil
}

func (w *writer) create(ctx context.Context, s *step) error {
	document := s.fields
	if customer := s.on.customer; customer != nil && customer != s.on {
		document["customerId"] = customer.id
	}
	return w.saved(s, func(v *collab.Viewer) (*collab.Saved, error) {
		return w.service.Create(ctx, v, collab.Create{Type: s.on.kind, ClientMutationID: &w.mutation, Document: document})
	})
}

func (w *writer) update(ctx context.Context, s *step) error {
	return w.saved(s, func(v *collab.Viewer) (*collab.Saved, error) {
		return w.service.Update(ctx, v, collab.Update{
			Type: s.on.kind, ID: s.on.id, BaseVersion: max(1, s.on.version-s.behind),
			ClientMutationID: &w.mutation, Patch: s.fields,
		})
	})
}

// collide runs an update that meets a conflict.
func (w *writer) collide(ctx context.Context, s *step) error {
	err := w.update(ctx, s)
	conflict, ok := errors.AsType[*collab.Conflict](err)
	if !ok {
		return fmt.Errorf("this was to be a conflict: %w", err)
	}
	s.on.conflict = conflict.ID
	return nil
}

// resolve ends the conflict in favor of the edit that met it.
func (w *writer) resolve(ctx context.Context, s *step) error {
	return w.saved(s, func(v *collab.Viewer) (*collab.Saved, error) {
		return w.service.Resolve(ctx, v, collab.Resolve{
			Type: s.on.kind, ConflictID: s.on.conflict, Resolution: collab.ResolveLocal, ClientMutationID: &w.mutation,
		})
	})
}

func (w *writer) restore(ctx context.Context, s *step) error {
	return w.saved(s, func(v *collab.Viewer) (*collab.Saved, error) {
		return w.service.Restore(ctx, v, collab.Restore{ID: s.on.id, ClientMutationID: &w.mutation})
	})
}

// saved runs a write of an entity, and keeps the entity's new state.
func (w *writer) saved(s *step, write func(*collab.Viewer) (*collab.Saved, error)) error {
	saved, err := write(w.viewers[s.by])
	if err != nil {
		return err
	}
	record := saved.Entity.Common()
	s.on.id, s.on.version, w.cursor = record.ID, record.Version, saved.Cursor
	return nil
}

func (w *writer) delete(ctx context.Context, s *step) error {
	change, err := w.service.Delete(ctx, w.viewers[s.by], collab.Delete{
		ID: s.on.id, BaseVersion: s.on.version, ClientMutationID: &w.mutation,
	})
	if err != nil {
		return err
	}
	s.on.version, w.cursor = change.EntityVersion, change.Cursor
	return nil
}

func (w *writer) comment(ctx context.Context, s *step) error {
	commented, err := w.service.AddComment(ctx, w.viewers[s.by], collab.AddComment{
		EntityID: s.on.id, Body: s.text, MentionIDs: s.mentions, ClientMutationID: &w.mutation,
	})
	if err != nil {
		return err
	}
	w.cursor = commented.Cursor
	return nil
}

// view needs no clientMutationId, since a view is recorded only once in five minutes.
func (w *writer) view(ctx context.Context, s *step) error {
	_, err := w.service.RecordView(ctx, w.viewers[s.by], s.on.id)
	return err
}

// catchUp marks all notifications so far as read.
func (w *writer) catchUp(ctx context.Context, s *step) error {
	_, err := w.service.MarkNotificationsRead(ctx, w.viewers[s.by], nil, nil, &w.cursor)
	return err
}
