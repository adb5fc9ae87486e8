package postgres

import (
	"context"

	"tandem/internal/collab"
)

// Watch records a person's choice about entities, as long as fewer than most people watch it.
func (s *Store) Watch(ctx context.Context, scope collab.Scope, userID collab.ID, w collab.Watch, most int) (bool, error) {
	q := newQuery(`WITH watched AS (INSERT INTO watches (org_id, entity_id, user_id, watching, chosen_at) SELECT ?, e.id, ?, ?, ?::timestamptz
		FROM entities e WHERE e.org_id = ? AND e.id = ? AND e.deleted_at IS NULL`,
		scope.OrgID, userID, w.Watching, w.ChosenAt, scope.OrgID, w.EntityID)
	addVisible(q, scope, "e")
	if w.Watching {
		q.add(" AND (SELECT COUNT(*) FROM watches w JOIN members m ON m.org_id = w.org_id AND m.user_id = w.user_id AND m.removed_at IS NULL"+
			" WHERE w.org_id = ? AND w.entity_id = e.id AND w.watching AND w.user_id <> ?) < ?",
			scope.OrgID, userID, most)
	}
	q.add(" ON CONFLICT (org_id, entity_id, user_id) DO UPDATE SET watching = excluded.watching, chosen_at = excluded.chosen_at RETURNING org_id, user_id, entity_id, watching)," +
		" unmuted AS (DELETE FROM mutes m USING watched w WHERE w.watching AND m.org_id = w.org_id AND m.user_id = w.user_id AND m.entity_id = w.entity_id)" +
		" SELECT COUNT(*) FROM watched")
	n, err := count(ctx, s.forOrg(scope.OrgID), q)
	return n > 0, err
}

// Unwatch deletes a person's choice to watch an entity.
func (s *Store) Unwatch(ctx context.Context, orgID, userID, entityID collab.ID) error {
	_, err := s.forOrg(orgID).exec(ctx, newQuery("DELETE FROM watches WHERE org_id = ? AND entity_id = ? AND user_id = ? AND watching", orgID, entityID, userID))
	return err
}

// ForgetHiddenWatches deletes the choices to watch an entity of people who do not see it.
func (s *Store) ForgetHiddenWatches(ctx context.Context, orgID, entityID collab.ID) (int, error) {
	q := newQuery(`DELETE FROM watches WHERE org_id = ? AND entity_id = ? AND watching AND user_id NOT IN (SELECT m.user_id FROM members m
		JOIN entities e ON e.org_id = m.org_id WHERE m.org_id = ? AND m.removed_at IS NULL AND e.id = ?`, orgID, entityID, orgID, entityID)
	addSeenByMember(q, orgID)
	return s.forOrg(orgID).exec(ctx, q.add(")"))
}

// Watches returns a person's choices about entities.
func (s *Store) Watches(ctx context.Context, orgID, userID collab.ID, entityIDs []collab.ID) (map[collab.ID]bool, error) {
	choices := make(map[collab.ID]bool)
	q := newQuery("SELECT w.entity_id, w.watching FROM watches w WHERE w.org_id = ? AND w.user_id = ? AND w.entity_id = ANY(?)", orgID, userID, list(entityIDs))
	err := forEachRow(ctx, s.forOrg(orgID), q, func(r row) error {
		var id collab.ID
		var watching bool
		err := r.Scan(&id, &watching)
		choices[id] = watching
		return err
	})
	if err != nil {
		return nil, err
	}
	return choices, nil
}
