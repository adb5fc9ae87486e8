// Package dataloaders batches reads: it reads together what the fields of one response
// request one by one. A set of loaders lives for one response, which for a
// subscription is one event, so no cached value can be stale.
package dataloaders

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/graph-gophers/dataloader/v7"

	"tandem/internal/collab"
)

// DefaultWait is how long a loader waits for more keys after the first. A longer
// wait slows every level of a query; a much shorter one splits batches.
const DefaultWait = time.Millisecond

// eventWait is the wait of a loader for an event. Few fields of an event load
// the same kind, and a subscription that catches up has many events.
const eventWait = 50 * time.Microsecond

// A Set has the loaders of one response. Each is created when it is first used, because
// most responses use few of them.
type Set struct {
	service *collab.Service
	scope   collab.Scope
	wait    time.Duration
	ahead   *Ahead // nil where nothing comes next

	mu        sync.Mutex // guards the loaders, which are made when they are first needed; innermost
	users     *dataloader.Loader[collab.ID, *collab.User]
	entities  *dataloader.Loader[collab.ID, collab.Entity]
	comments  *dataloader.Loader[collab.ID, *collab.Comment]
	conflicts *dataloader.Loader[collab.ID, *collab.Conflict]
	versions  *dataloader.Loader[collab.EntityVersion, collab.Entity]
	hidden    *dataloader.Loader[collab.ID, bool]
	grants    map[string]*dataloader.Loader[collab.ID, collab.AccessLevel]
	watches   map[string]*dataloader.Loader[collab.ID, *bool]
	mutes     map[string]*dataloader.Loader[collab.ID, bool]
	related   map[string]*dataloader.Loader[collab.ID, *collab.Page[collab.Entity]]
	threads   map[string]*dataloader.Loader[collab.ID, *collab.Page[*collab.Comment]]
	histories map[string]*dataloader.Loader[collab.ID, *collab.Page[*collab.Change]]
}

// New returns a fresh set that reads in a scope.
func New(service *collab.Service, scope collab.Scope, wait time.Duration) *Set {
	return &Set{service: service, scope: scope, wait: wait}
}

// NewAhead returns a fresh set for an event of a subscription. It also reads the data of the
// next events, and does not wait for other keys.
func NewAhead(service *collab.Service, scope collab.Scope, ahead *Ahead) *Set {
	return &Set{service: service, scope: scope, wait: eventWait, ahead: ahead}
}

// User loads a person. It does not wait for a batch if the service read that person recently.
func (s *Set) User(ctx context.Context, id collab.ID) (*collab.User, error) {
	if user, ok := s.service.KnownUser(s.scope, id); ok {
		return user, nil
	}
	if s.ahead != nil {
		if user, ok, err := loadAhead(ctx, s, &s.ahead.users, id, actorOf, s.service.UsersByID); ok || err != nil {
			return user, err
		}
	}
	return lazily(s, &s.users, s.service.UsersByID).Load(ctx, id)()
}

// Users loads people, in the order of their ids. It leaves out people who do not exist.
func (s *Set) Users(ctx context.Context, ids []collab.ID) ([]*collab.User, error) {
	found, errs := lazily(s, &s.users, s.service.UsersByID).LoadMany(ctx, ids)()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found, func(u *collab.User) bool { return u == nil || u.Erased }), nil
}

// FirstUsers loads the first people of a list of ids, at most limit. It loads further ones only in the place of people who do not exist.
func (s *Set) FirstUsers(ctx context.Context, ids []collab.ID, limit int) ([]*collab.User, error) {
	first := []*collab.User{}
	for len(ids) > 0 && len(first) < limit {
		n := min(limit-len(first), len(ids))
		some, err := s.Users(ctx, ids[:n])
		if err != nil {
			return nil, err
		}
		first, ids = append(first, some...), ids[n:]
	}
	return first, nil
}

// Entity loads an entity as it is now; nil if there is none.
func (s *Set) Entity(ctx context.Context, id collab.ID) (collab.Entity, error) {
	if s.ahead != nil {
		if entity, ok, err := loadAhead(ctx, s, &s.ahead.entities, id, entityOf, s.service.EntitiesByID); ok || err != nil {
			return entity, err
		}
	}
	return lazily(s, &s.entities, s.service.EntitiesByID).Load(ctx, id)()
}

// Comment loads a comment; nil if there is none.
func (s *Set) Comment(ctx context.Context, id collab.ID) (*collab.Comment, error) {
	if s.ahead != nil {
		if comment, ok, err := loadAhead(ctx, s, &s.ahead.comments, id, commentOf, s.service.CommentsByID); ok || err != nil {
			return comment, err
		}
	}
	return lazily(s, &s.comments, s.service.CommentsByID).Load(ctx, id)()
}

// Conflict loads a conflict as the scope may see it; nil if there is none.
func (s *Set) Conflict(ctx context.Context, id collab.ID) (*collab.Conflict, error) {
	if s.ahead != nil {
		if conflict, ok, err := loadAhead(ctx, s, &s.ahead.conflicts, id, conflictOf, s.service.ConflictsByID); ok || err != nil {
			return conflict, err
		}
	}
	return lazily(s, &s.conflicts, s.service.ConflictsByID).Load(ctx, id)()
}

// Version loads an entity as it was; nil if the log does not have it.
func (s *Set) Version(ctx context.Context, at collab.EntityVersion) (collab.Entity, error) {
	return lazily(s, &s.versions, s.service.EntitiesAt).Load(ctx, at)()
}

// Hidden loads whether ids are of entities that the scope may not see.
func (s *Set) Hidden(ctx context.Context, ids []collab.ID) ([]bool, error) {
	found, errs := lazily(s, &s.hidden, s.service.HiddenByID).LoadMany(ctx, ids)()
	return found, errors.Join(errs...)
}

// Grant loads the level of a person's grant on an entity; "" if there is none.
func (s *Set) Grant(ctx context.Context, userID, entityID collab.ID) (collab.AccessLevel, error) {
	l := grouped(s, &s.grants, userID, func(ctx context.Context, scope collab.Scope, ids []collab.ID) (map[collab.ID]collab.AccessLevel, error) {
		return s.service.GrantsOf(ctx, scope, userID, ids)
	})
	return l.Load(ctx, entityID)()
}

// WatchChoice loads whether a person chose to watch an entity; nil if they chose nothing.
func (s *Set) WatchChoice(ctx context.Context, userID, entityID collab.ID) (*bool, error) {
	l := grouped(s, &s.watches, userID, func(ctx context.Context, scope collab.Scope, ids []collab.ID) (map[collab.ID]*bool, error) {
		return s.service.WatchChoices(ctx, scope, userID, ids)
	})
	return l.Load(ctx, entityID)()
}

// Muted loads whether a person has muted an entity.
func (s *Set) Muted(ctx context.Context, userID, entityID collab.ID) (bool, error) {
	l := grouped(s, &s.mutes, userID, func(ctx context.Context, scope collab.Scope, ids []collab.ID) (map[collab.ID]bool, error) {
		return s.service.Muted(ctx, scope, userID, ids)
	})
	return l.Load(ctx, entityID)()
}

// lazily returns the loader at a place, and creates it if there is none yet.
func lazily[K comparable, V any](s *Set, at **dataloader.Loader[K, V], read func(context.Context, collab.Scope, []K) (map[K]V, error)) *dataloader.Loader[K, V] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if *at == nil {
		*at = loader(s, read)
	}
	return *at
}

// loader returns a loader for a batched read. A missing key loads as the zero value.
func loader[K comparable, V any](s *Set, read func(context.Context, collab.Scope, []K) (map[K]V, error)) *dataloader.Loader[K, V] {
	batch := func(ctx context.Context, keys []K) []*dataloader.Result[V] {
		found, err := read(ctx, s.scope, keys)
		results := make([]*dataloader.Result[V], len(keys))
		for i, key := range keys {
			results[i] = &dataloader.Result[V]{Data: found[key], Error: err}
		}
		return results
	}
	return dataloader.NewBatchedLoader(batch, dataloader.WithWait[K, V](s.wait))
}

// Related loads a page of a customer's calls, meetings or deals.
func (s *Set) Related(ctx context.Context, customerID collab.ID, t collab.EntityType, request collab.PageRequest) (*collab.Page[collab.Entity], error) {
	l := grouped(s, &s.related, []any{t, request}, func(ctx context.Context, scope collab.Scope, ids []collab.ID) (map[collab.ID]*collab.Page[collab.Entity], error) {
		return s.service.RelatedEntities(ctx, scope, ids, t, request)
	})
	return l.Load(ctx, customerID)()
}

// EntityComments loads a page of an entity's comments.
func (s *Set) EntityComments(ctx context.Context, entityID collab.ID, request collab.PageRequest) (*collab.Page[*collab.Comment], error) {
	l := grouped(s, &s.threads, request, func(ctx context.Context, scope collab.Scope, ids []collab.ID) (map[collab.ID]*collab.Page[*collab.Comment], error) {
		return s.service.EntityComments(ctx, scope, ids, request)
	})
	return l.Load(ctx, entityID)()
}

// History loads a page of an entity's activity.
func (s *Set) History(ctx context.Context, entityID collab.ID, filter collab.ActivityFilter, first *int, after *collab.Cursor) (*collab.Page[*collab.Change], error) {
	l := grouped(s, &s.histories, []any{filter, first, after}, func(ctx context.Context, scope collab.Scope, ids []collab.ID) (map[collab.ID]*collab.Page[*collab.Change], error) {
		return s.service.Histories(ctx, scope, ids, filter, first, after)
	})
	return l.Load(ctx, entityID)()
}

// grouped returns the loader for one set of arguments, because only keys with
// equal arguments can be read together.
func grouped[V any](s *Set, loaders *map[string]*dataloader.Loader[collab.ID, V], args any, read func(context.Context, collab.Scope, []collab.ID) (map[collab.ID]V, error)) *dataloader.Loader[collab.ID, V] {
	key, _ := json.Marshal(args) // arguments came as JSON
	s.mu.Lock()
	defer s.mu.Unlock()
	if *loaders == nil {
		*loaders = make(map[string]*dataloader.Loader[collab.ID, V])
	}
	if (*loaders)[string(key)] == nil {
		(*loaders)[string(key)] = loader(s, read)
	}
	return (*loaders)[string(key)]
}

type contextKey struct{}

// Attach returns a context that carries the set.
func Attach(ctx context.Context, s *Set) context.Context {
	return context.WithValue(ctx, contextKey{}, s)
}

// From returns the set that ctx carries. Every response has one.
func From(ctx context.Context) *Set {
	return ctx.Value(contextKey{}).(*Set)
}
