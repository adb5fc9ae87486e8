package postgres

import (
	"context"

	"tandem/internal/collab"
)

// Heads returns how far logs reach.
func (s *Store) Heads(ctx context.Context, orgIDs []collab.ID) (map[collab.ID]collab.Head, error) {
	q := newQuery("SELECT id, epoch, head, oldest FROM heads(?)", list(orgIDs))
	heads := make(map[collab.ID]collab.Head, len(orgIDs))
	err := forEachRow(ctx, s.forOrg(noTenant), q, func(r row) error {
		var id collab.ID
		var h collab.Head
		err := r.Scan(&id, &h.Epoch, &h.Position, &h.Oldest)
		heads[id] = h
		return err
	})
	if err != nil {
		return nil, err
	}
	return heads, nil
}

// Changes returns changes after a position, whole.
func (s *Store) Changes(ctx context.Context, orgID collab.ID, after int64, limit int) ([]*collab.Change, error) {
	return s.pageOfChanges(ctx, orgID, func(q *query) *query {
		return q.add(" FROM log l WHERE l.org_id = ? AND l.position > ? ORDER BY l.position LIMIT ?", orgID, after, limit)
	})
}

// EntityChanges returns changes of entities after a position, whole.
func (s *Store) EntityChanges(ctx context.Context, scope collab.Scope, after int64, narrow collab.ChangeQuery, limit int) ([]*collab.Change, error) {
	return s.pageOfChanges(ctx, scope.OrgID, func(q *query) *query {
		q.add(" FROM log l WHERE l.org_id = ? AND l.position > ?", scope.OrgID, after)
		if kinds := narrow.Kinds(); kinds != nil && s.indexed.Load() {
			addFirst(q, scope, kinds, limit, "ASC", func() {
				q.add(" AND l.position > ?", after)
				addVisibleChange(q, scope)
			})
		}
		addVisibleChange(q, scope)
		oneOf(q, "l.type", collab.EntityChangeTypes)
		oneOf(q, "l.entity_type", narrow.Types)
		equal(q, "l.entity_id", narrow.EntityID)
		return q.add(" ORDER BY l.position LIMIT ?", limit)
	})
}

// EntityAndAccessChanges returns the changes of one entity of collab.FollowedTypes, and those that alter access, after a
// position, whole.
func (s *Store) EntityAndAccessChanges(ctx context.Context, orgID, entityID collab.ID, after int64, limit int) ([]*collab.Change, error) {
	// Each half has an index of its own, which an OR would keep the planner from using.
	return s.pageOfChanges(ctx, orgID, func(q *query) *query {
		q.add(" FROM log l WHERE l.org_id = ? AND l.position IN ("+
			"SELECT * FROM (SELECT e.position FROM log e WHERE e.org_id = ? AND e.entity_id = ? AND e.position > ?", orgID, orgID, entityID, after)
		oneOf(q, "e.type", collab.FollowedTypes)
		return q.add(" ORDER BY e.position LIMIT ?) of_entity UNION SELECT * FROM (SELECT a.position FROM log a"+
			" WHERE a.org_id = ? AND a.position > ? AND a.regards IS NOT NULL ORDER BY a.position LIMIT ?) of_access)"+
			" ORDER BY l.position LIMIT ?", limit, orgID, after, limit, limit)
	})
}

// AccessHistory returns the newest changes that altered who may see some entities.
func (s *Store) AccessHistory(ctx context.Context, orgID collab.ID, entityIDs []collab.ID, limit int) ([]*collab.Change, error) {
	q := selectChanges(orgID, "NULL").add(` FROM log l WHERE l.org_id = ? AND l.position IN (SELECT newest.position FROM unnest(?::text[]) AS of (id),
		LATERAL (SELECT a.position FROM log a WHERE a.org_id = ? AND a.entity_id = of.id AND a.regards IS NOT NULL ORDER BY a.position DESC LIMIT ?) AS newest)
		ORDER BY l.position`, orgID, list(entityIDs), orgID, limit)
	return collect(ctx, s.forOrg(orgID), q, scanChange(orgID))
}

// pageOfChanges reads the changes that page selects from the log, together with their notifications.
func (s *Store) pageOfChanges(ctx context.Context, orgID collab.ID, page func(*query) *query) ([]*collab.Change, error) {
	told := page(selectNotifications(orgID).add(" AND n.position IN (SELECT l.position")).add(") ORDER BY n.position, n.user_id")
	var changes []*collab.Change
	var notifications []*collab.Notification
	err := s.forOrg(orgID).query(ctx,
		batchQuery{page(selectChanges(orgID, "l.snapshot, "+priorUpdate)), scanAll(&changes, scanWholeChange(orgID))},
		batchQuery{told, scanAll(&notifications, scanNotification)})
	if err != nil {
		return nil, err
	}
	attach(changes, notifications)
	return changes, nil
}

// addFirst narrows l to the first changes of each of some kinds, by the index of kinds, so that none
// is looked for in the whole log. further narrows each of them.
func addFirst(q *query, scope collab.Scope, kinds []collab.Kind, limit any, direction string, further func()) {
	entityTypes, types := columnsOf(kinds)
	q.add(` AND l.position = ANY(ARRAY(SELECT first.position FROM unnest(?::text[], ?::text[]) AS k (entity_type, type), LATERAL
		(SELECT l.position FROM log l WHERE l.org_id = ? AND l.entity_type = k.entity_type AND l.type = k.type`,
		entityTypes, types, scope.OrgID)
	further()
	q.add(" ORDER BY l.position "+direction+" LIMIT ?) AS first))", limit)
}

// columnsOf returns the types of entities of some kinds, and those of changes, in two arrays of one order.
func columnsOf(kinds []collab.Kind) (entityTypes, types []string) {
	for _, kind := range kinds {
		entityTypes, types = append(entityTypes, string(kind.EntityType)), append(types, string(kind.Type))
	}
	return entityTypes, types
}

// attach gives every change its notifications, ordered by person. Both lists are
// ordered by position.
func attach(changes []*collab.Change, notifications []*collab.Notification) {
	for _, c := range changes {
		for len(notifications) > 0 && notifications[0].Cursor.Position <= c.Cursor.Position {
			if notifications[0].Cursor.Position == c.Cursor.Position {
				c.Notifications = append(c.Notifications, notifications[0])
			}
			notifications = notifications[1:]
		}
	}
}

// EntitiesAt returns entities as they were at versions.
func (s *Store) EntitiesAt(ctx context.Context, scope collab.Scope, at []collab.EntityVersion) (map[collab.EntityVersion]collab.Entity, error) {
	ids, versions := make([]collab.ID, len(at)), make([]int, len(at))
	for i, v := range at {
		ids[i], versions[i] = v.ID, v.Version
	}
	q := selectChanges(scope.OrgID, "l.snapshot").add(`
		FROM log l WHERE l.org_id = ? AND l.snapshot IS NOT NULL AND (l.entity_id, l.entity_version) IN
		(SELECT * FROM unnest(?::text[], ?::bigint[]))`,
		scope.OrgID, list(ids), versions)
	addVisibleChange(q, scope)
	entities := make(map[collab.EntityVersion]collab.Entity, len(at))
	err := forEachRow(ctx, s.forOrg(scope.OrgID), q, func(r row) error {
		c, err := scanChange(scope.OrgID)(r)
		if err != nil {
			return err
		}
		entities[collab.EntityVersion{ID: c.EntityID, Version: c.EntityVersion}] = c.Snapshot
		return nil
	})
	if err != nil {
		return nil, err
	}
	return entities, nil
}
