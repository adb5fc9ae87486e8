package sqlite

import (
	"context"

	"tandem/internal/collab"
)

// Watch records a person's choice about entities, as long as fewer than most people watch it.
func (s *Store) Watch(ctx context.Context, scope collab.Scope, userID collab.ID, w collab.Watch, most int) (bool, error) {
	q := newQuery(`INSERT INTO watches (org_id, entity_id, user_id, watching, chosen_at) SELECT ?, e.id, ?, ?, ?
		FROM entities e WHERE e.org_id = ? AND e.id = ? AND e.deleted_at IS NULL`,
		scope.OrgID, userID, w.Watching, w.ChosenAt, scope.OrgID, w.EntityID)
	addVisible(q, scope, "e")
	if w.Watching {
		q.add(" AND (SELECT COUNT(*) FROM watches w JOIN members m ON m.org_id = w.org_id AND m.user_id = w.user_id AND m.removed_at IS NULL"+
			" WHERE w.org_id = ? AND w.entity_id = e.id AND w.watching AND w.user_id <> ?) < ?",
			scope.OrgID, userID, most)
	}
	q.add(" ON CONFLICT (org_id, entity_id, user_id) DO UPDATE SET watching = excluded.watching, chosen_at = excluded.chosen_at")
	tx, err := s.writer.begin(ctx, writing(ctx, scope.OrgID, userID))
	if err != nil {
		return false, err
	}
	defer tx.end()
	result, err := tx.ExecContext(ctx, q.text.String(), q.args...)
	if err != nil {
		return false, fault(ctx, err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	if w.Watching {
		unmute := newQuery("DELETE FROM mutes WHERE org_id = ? AND user_id = ? AND entity_id = ?", scope.OrgID, userID, w.EntityID)
		if err := execAll(ctx, tx, unmute); err != nil {
			return false, err
		}
	}
	return true, fault(ctx, tx.Commit())
}

// Unwatch deletes a person's choice to watch an entity.
func (s *Store) Unwatch(ctx context.Context, orgID, userID, entityID collab.ID) error {
	_, err := s.exec(ctx, orgID, newQuery("DELETE FROM watches WHERE org_id = ? AND entity_id = ? AND user_id = ? AND watching", orgID, entityID, userID))
	return err
}

// ForgetHiddenWatches deletes the choices to watch an entity of people who do not see it.
func (s *Store) ForgetHiddenWatches(ctx context.Context, orgID, entityID collab.ID) (int, error) {
	q := newQuery(`DELETE FROM watches WHERE org_id = ? AND entity_id = ? AND watching AND user_id NOT IN (SELECT m.user_id FROM members m
		JOIN entities e ON e.org_id = m.org_id WHERE m.org_id = ? AND m.removed_at IS NULL AND e.id = ?`, orgID, entityID, orgID, entityID)
	addSeenByMember(q, orgID)
	return s.exec(ctx, orgID, q.add(")"))
}

// Watches returns a person's choices about entities.
func (s *Store) Watches(ctx context.Context, orgID, userID collab.ID, entityIDs []collab.ID) (map[collab.ID]bool, error) {
	choices := make(map[collab.ID]bool)
	q := newQuery("SELECT w.entity_id, w.watching FROM watches w WHERE w.org_id = ? AND w.user_id = ? AND w.entity_id IN (SELECT value FROM json_each(?))", orgID, userID, list(entityIDs))
	err := forEachRow(ctx, s.readers, q, func(r row) error {
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
