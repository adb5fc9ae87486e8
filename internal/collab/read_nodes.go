package collab

import (
	"context"
	"maps"
)

// EntitiesByID returns the entities that exist, by id.
func (s *Service) EntitiesByID(ctx context.Context, scope Scope, ids []ID) (map[ID]Entity, error) {
	return s.store.Entities(ctx, scope, ids)
}

// EntitiesAt returns entities as they were at versions.
func (s *Service) EntitiesAt(ctx context.Context, scope Scope, at []EntityVersion) (map[EntityVersion]Entity, error) {
	return s.store.EntitiesAt(ctx, scope, at)
}

// HiddenByID returns the ids of entities that the scope does not see.
func (s *Service) HiddenByID(ctx context.Context, scope Scope, ids []ID) (map[ID]bool, error) {
	return s.store.Hidden(ctx, scope, ids)
}

// GrantsOf returns the levels of a person's grants, by entity.
func (s *Service) GrantsOf(ctx context.Context, scope Scope, userID ID, entityIDs []ID) (map[ID]AccessLevel, error) {
	return s.store.Grants(ctx, scope.OrgID, userID, entityIDs)
}

// CommentsByID returns the comments that exist, by id.
func (s *Service) CommentsByID(ctx context.Context, scope Scope, ids []ID) (map[ID]*Comment, error) {
	return s.store.Comments(ctx, scope, ids)
}

// ConflictsByID returns the conflicts that exist, by id, as the scope may see them.
func (s *Service) ConflictsByID(ctx context.Context, scope Scope, ids []ID) (map[ID]*Conflict, error) {
	found, err := s.store.Conflicts(ctx, scope, ids)
	for id, conflict := range found {
		found[id] = conflict.ShownTo(scope)
	}
	return found, err
}

// Nodes returns the nodes that the viewer may see. The prefix of an id gives the node's type; an id
// without a prefix belongs to a person or the organization.
func (s *Service) Nodes(ctx context.Context, v *Viewer, ids []ID) (map[ID]Node, error) {
	nodes := make(map[ID]Node, len(ids))
	for prefix, ids := range groupByPrefix(ids) {
		if err := s.nodesOf(ctx, v, prefix, ids, nodes); err != nil {
			return nil, err
		}
	}
	// An id that was not found may belong to a person whose id only looks like one of ours.
	var people []ID
	for _, id := range ids {
		if nodes[id] == nil {
			people = append(people, id)
		}
	}
	if len(people) == 0 {
		return nodes, nil
	}
	users, err := s.UsersByID(ctx, v.Scope(), people)
	for id, user := range users {
		nodes[id] = user
	}
	for _, id := range people {
		if nodes[id] == nil && (id == v.Organization.ID || id == v.Organization.NodeID()) {
			nodes[id] = v.Organization // only where nobody has that id
		}
	}
	return nodes, err
}

func groupByPrefix(ids []ID) map[string][]ID {
	groups := map[string][]ID{}
	for _, id := range ids {
		groups[id.Prefix()] = append(groups[id.Prefix()], id)
	}
	return groups
}

// nodesOf adds the nodes of one kind.
func (s *Service) nodesOf(ctx context.Context, v *Viewer, prefix string, ids []ID, nodes map[ID]Node) error {
	switch {
	case isEntityID(ids[0]):
		found, err := s.EntitiesByID(ctx, v.Scope(), ids)
		return collect(nodes, found, err)
	case prefix == prefixComment:
		found, err := s.CommentsByID(ctx, v.Scope(), ids)
		return collect(nodes, found, err)
	case prefix == prefixNotification:
		found, err := s.store.Notifications(ctx, v.Scope(), v.User.ID, ids)
		maps.DeleteFunc(found, func(_ ID, n *Notification) bool { return n.IsElsewhere })
		return collect(nodes, found, err)
	case prefix == prefixConflict:
		found, err := s.ConflictsByID(ctx, v.Scope(), ids)
		for id, conflict := range found {
			nodes[id] = conflict.Typed()
		}
		return err
	case prefix == prefixActivity:
		return s.activityNodes(ctx, v.Scope(), ids, nodes)
	}
	return nil
}

func (s *Service) activityNodes(ctx context.Context, scope Scope, ids []ID, nodes map[ID]Node) error {
	for _, id := range ids {
		cursor, ok := ChangeCursor(id)
		if !ok {
			continue
		}
		event, err := s.ActivityEvent(ctx, scope, cursor)
		if err != nil {
			return err
		}
		if event != nil {
			nodes[id] = event
		}
	}
	return nil
}

func collect[N Node](nodes map[ID]Node, found map[ID]N, err error) error {
	for id, node := range found {
		nodes[id] = node
	}
	return err
}
