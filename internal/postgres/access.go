package postgres

import (
	"context"

	"tandem/internal/collab"
)

// addVisible restricts a row of the entities to what the scope sees. Every read of data with access
// rules uses this function or addVisibleOf.
func addVisible(q *query, scope collab.Scope, row string) {
	if !scope.All {
		q.add(" AND (" + row + ".visibility <> 'RESTRICTED'")
		addInsiders(q, scope.OrgID, scope.UserID, row)
		q.add(")")
	}
}

// addVisibleOf restricts a row that is about an entity, whose id is in a column, to what the scope
// sees; NULL means that it is about no entity. It looks through the restricted entities only, which
// are few.
func addVisibleOf(q *query, scope collab.Scope, column string) {
	if !scope.All {
		q.add(" AND NOT EXISTS (SELECT 1")
		addHidden(q, scope)
		q.add(" AND h.id = " + column + ")")
	}
}

// addHidden adds the entities that the scope does not see, as h.
func addHidden(q *query, scope collab.Scope) { addHiddenFrom(q, scope.OrgID, scope.UserID) }

// addHiddenFrom is addHidden for a person, an id or a column, who is not an admin.
func addHiddenFrom(q *query, orgID collab.ID, person any) {
	q.add(" FROM entities h WHERE h.org_id = ? AND h.visibility = 'RESTRICTED' AND NOT (FALSE", orgID)
	addInsiders(q, orgID, person, "h")
	q.add(")")
}

// addInsiders adds the alternatives of a condition by which a person sees an entity although it is
// restricted. No person ("") has none.
func addInsiders(q *query, orgID collab.ID, person any, row string) {
	if person != collab.ID("") {
		q.add(" OR "+row+".created_by = ? OR "+row+".owner_id IS NOT DISTINCT FROM ? OR "+row+".id IN"+
			" (SELECT g.entity_id FROM grants g WHERE g.org_id = ? AND g.user_id = ?)",
			person, person, orgID, person)
	}
}

// addVisibleChange restricts a row l of the log to what the scope sees: it sees the entity now, and
// belongs to the audience of the change.
func addVisibleChange(q *query, scope collab.Scope) {
	addVisibleOf(q, scope, "l.entity_id")
	switch {
	case scope.All:
	case scope.UserID == "":
		q.add(" AND l.audience IS NULL")
	default:
		q.add(" AND (l.audience IS NULL OR l.audience @> to_jsonb(?::text))", scope.UserID)
	}
}

// addVisibleNotification restricts notifications n to those in the inbox that a person may be shown: about an entity that they see
// now, and saw when it was written or got access to by that change. It is Change.Shows in SQL. The person is scope.UserID, or the
// column n.user_id where a statement reads the notifications of several people.
func addVisibleNotification(q *query, scope collab.Scope, person any) {
	q.add(" AND n.in_app")
	addToldNotification(q, scope, person)
}

// addToldNotification is addVisibleNotification for notifications on any channel.
func addToldNotification(q *query, scope collab.Scope, person any) {
	if !scope.All {
		q.add(" AND NOT EXISTS (SELECT 1")
		addHiddenFrom(q, scope.OrgID, person)
		q.add(" AND h.id = n.entity_id)")
		addToldThen(q)
	}
}

// addSeenByMember restricts members m to those who see the entity e.
func addSeenByMember(q *query, orgID collab.ID) {
	q.add(" AND (m.role = ? OR e.visibility <> 'RESTRICTED'", collab.RoleAdmin)
	addInsiders(q, orgID, column("m.user_id"), "e")
	q.add(")")
}

// addToldMember restricts notifications n to those that their person, a member m, may be shown: an admin sees everything.
func addToldMember(q *query, orgID collab.ID) {
	q.add(" AND (m.role = ? OR TRUE", collab.RoleAdmin)
	addToldNotification(q, collab.Scope{OrgID: orgID}, column("n.user_id"))
	q.add(")")
}

// addToldThen restricts notifications n to those whose person saw the entity when they were written, or got access by that change.
func addToldThen(q *query) {
	q.add(` AND (n.entity_id IS NULL OR NOT EXISTS (SELECT 1 FROM log l WHERE l.org_id = n.org_id AND l.position = n.position
		AND l.audience IS NOT NULL AND NOT l.audience @> to_jsonb(n.user_id) AND COALESCE(l.regards -> 'people' ->> n.user_id, '') <> ?))`, string(collab.EffectGained))
}

// Hidden returns the ids of entities that the scope does not see.
func (s *Store) Hidden(ctx context.Context, scope collab.Scope, ids []collab.ID) (map[collab.ID]bool, error) {
	hidden := make(map[collab.ID]bool)
	if scope.All {
		return hidden, nil
	}
	q := newQuery("SELECT h.id")
	addHidden(q, scope)
	q.add(" AND h.id = ANY(?)", list(ids))
	err := forEachRow(ctx, s.forOrg(scope.OrgID), q, func(r row) error {
		var id collab.ID
		err := r.Scan(&id)
		hidden[id] = true
		return err
	})
	if err != nil {
		return nil, err
	}
	return hidden, nil
}

// HiddenEntities returns entities that the scope does not see.
func (s *Store) HiddenEntities(ctx context.Context, scope collab.Scope, query collab.HiddenQuery) ([]collab.Entity, error) {
	if scope.All {
		return nil, nil
	}
	q := selectEntities(scope.OrgID).add(" FROM entities e WHERE e.org_id = ? AND e.id IN (SELECT h.id", scope.OrgID)
	addHidden(q, scope)
	q.add(")")
	among(q, "e.type", query.Types)
	oneOf(q, "e.id", query.IDs)
	q.add(" ORDER BY e.id LIMIT ?", query.Limit)
	return collect(ctx, s.forOrg(scope.OrgID), q, scanOneEntity)
}

// Grants returns the levels of a person's grants, by entity.
func (s *Store) Grants(ctx context.Context, orgID, userID collab.ID, entityIDs []collab.ID) (map[collab.ID]collab.AccessLevel, error) {
	levels := make(map[collab.ID]collab.AccessLevel)
	q := newQuery("SELECT g.entity_id, g.level FROM grants g WHERE g.org_id = ? AND g.user_id = ?", orgID, userID).
		add(" AND g.entity_id = ANY(?)", list(entityIDs))
	err := forEachRow(ctx, s.forOrg(orgID), q, func(r row) error {
		var id collab.ID
		var level collab.AccessLevel
		err := r.Scan(&id, &level)
		levels[id] = level
		return err
	})
	if err != nil {
		return nil, err
	}
	return levels, nil
}
