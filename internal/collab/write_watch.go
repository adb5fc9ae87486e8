package collab

import "context"

// maxWatchers bounds the people who watch one entity, each of whom a change of it notifies while it is
// written.
const maxWatchers = 1000

// Watch makes everything that happens to an entity notify the viewer, and ends a mute of it. It reports false for an entity
// that the viewer does not see. Once maxWatchers others watch it, those make room who can't see it any more. The error is BadInput if
// all of them see it.
func (s *Service) Watch(ctx context.Context, v *Viewer, entityID ID) (bool, error) {
	entity, err := s.watched(ctx, v, entityID)
	if entity == nil || err != nil {
		return false, err
	}
	choice := Watch{EntityID: entityID, UserID: v.User.ID, Watching: true, ChosenAt: At(s.now())}
	done, err := s.store.Watch(ctx, v.OwnScope(), v.User.ID, choice, maxWatchers)
	if done || err != nil {
		return done, err
	}
	if entity, err = s.watched(ctx, v, entityID); entity == nil || err != nil {
		return false, err // hidden or deleted at this moment
	}
	forgotten, err := s.store.ForgetHiddenWatches(ctx, v.Organization.ID, entityID)
	if err != nil {
		return false, err
	}
	if forgotten > 0 {
		if done, err = s.store.Watch(ctx, v.OwnScope(), v.User.ID, choice, maxWatchers); done || err != nil {
			return done, err
		}
	}
	return false, Errorf(BadInput, "%d people watch this already, which is the most; read its activity instead", maxWatchers)
}

// Unwatch ends Watch. An owner is then not notified as somebody who watches either, until they watch it again, but still for the
// other reasons, such as a comment. It reports false for an entity that the viewer does not see, whether there is one or not; a choice
// that they made while they saw it ends nevertheless.
func (s *Service) Unwatch(ctx context.Context, v *Viewer, entityID ID) (bool, error) {
	entity, err := s.watched(ctx, v, entityID)
	if err != nil {
		return false, err
	}
	if entity == nil {
		return false, s.store.Unwatch(ctx, v.Organization.ID, v.User.ID, entityID)
	}
	if owner := entity.Indexed().OwnerID; owner == nil || *owner != v.User.ID {
		return true, s.store.Unwatch(ctx, v.Organization.ID, v.User.ID, entityID)
	}
	choice := Watch{EntityID: entityID, UserID: v.User.ID, ChosenAt: At(s.now())}
	return s.store.Watch(ctx, v.OwnScope(), v.User.ID, choice, maxWatchers)
}

// watched returns an entity that the viewer sees, or nil.
func (s *Service) watched(ctx context.Context, v *Viewer, id ID) (Entity, error) {
	found, err := s.store.Entities(ctx, v.OwnScope(), []ID{id})
	return found[id], err
}

// WatchChoices returns whether a person chose to watch entities. Entities about which they chose nothing are
// left out.
func (s *Service) WatchChoices(ctx context.Context, scope Scope, userID ID, entityIDs []ID) (map[ID]*bool, error) {
	found, err := s.store.Watches(ctx, scope.OrgID, userID, entityIDs)
	choices := make(map[ID]*bool, len(found))
	for id, watching := range found {
		choices[id] = &watching
	}
	return choices, err
}
