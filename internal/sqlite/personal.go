package sqlite

import (
	"context"
	"encoding/json"

	"tandem/internal/collab"
)

// Personal calls visit with each record that is kept about a person.
func (s *Store) Personal(ctx context.Context, scope collab.Scope, userID collab.ID, visit func(collab.PersonalRecord, bool) error) (collab.Cursor, error) {
	var cursor collab.Cursor
	p := personal{scope: scope, userID: userID, visit: visit}
	var err error
	if p.quoted, err = json.Marshal(userID); err != nil {
		return cursor, err
	}
	head := newQuery("SELECT o.epoch, o.head FROM organizations o WHERE o.id = ?", scope.OrgID)
	err = s.query(ctx,
		batchQuery{head, func(r row) error { return r.Scan(&cursor.Epoch, &cursor.Position) }},
		p.grants(), p.entities(), p.changes(), p.comments(), p.conflicts(), p.notifications(), p.watches(), p.subscriptions())
	return cursor, err
}

// personal asks for what is about one person, as that person sees it.
type personal struct {
	scope  collab.Scope
	userID collab.ID
	quoted []byte // the id as it stands in JSON
	visit  func(record collab.PersonalRecord, hidden bool) error
}

// addHiddenColumn adds, as the last column, whether the scope does not see the
// entity whose id is in a column.
func (p personal) addHiddenColumn(q *query, column string) *query {
	q.add(", NOT (TRUE")
	addVisibleOf(q, p.scope, column)
	return q.add(")")
}

// visiting returns a function that reads a row by scan and passes the record on to visit.
func visiting[R collab.PersonalRecord](p personal, scan func(row) (R, error)) func(row) error {
	return func(r row) error {
		hidden := false
		record, err := scan(withColumnsAfter{r, []any{&hidden}})
		if err != nil {
			return err
		}
		return p.visit(record, hidden)
	}
}

func (p personal) grants() batchQuery {
	q := p.addHiddenColumn(newQuery("SELECT "+grantColumns), "g.entity_id").
		add(" FROM grants g WHERE g.org_id = ? AND (g.user_id = ? OR g.granted_by = ?) ORDER BY g.granted_at, g.entity_id, g.user_id",
			p.scope.OrgID, p.userID, p.userID)
	return batchQuery{q, visiting(p, scanGrant)}
}

func (p personal) entities() batchQuery {
	q := p.addHiddenColumn(selectEntities(p.scope.OrgID), "e.id").
		add(` FROM entities e WHERE e.org_id = ? AND (e.created_by = ? OR e.owner_id = ? OR json_extract(e.data, '$.updatedBy') = ?
			OR EXISTS (SELECT 1 FROM json_each(e.data, '$.fields.attendeeIds') WHERE value = ?)) ORDER BY e.created_at, e.id`,
			p.scope.OrgID, p.userID, p.userID, p.userID, p.userID)
	return batchQuery{q, visiting(p, scanOneEntity)}
}

func (p personal) changes() batchQuery {
	q := p.addHiddenColumn(selectChanges(p.scope.OrgID, "l.snapshot"), "l.entity_id").
		add(` FROM log l WHERE l.org_id = ? AND (l.actor_id = ? OR instr(COALESCE(l.audience, '') || COALESCE(l.changes, '')
			|| COALESCE(l.metadata, '') || COALESCE(l.regards, '') || COALESCE(l.snapshot, ''), ?) > 0) ORDER BY l.position`,
			p.scope.OrgID, p.userID, string(p.quoted))
	return batchQuery{q, visiting(p, scanChange(p.scope.OrgID))}
}

func (p personal) comments() batchQuery {
	q := p.addHiddenColumn(newQuery("SELECT "+commentColumns), "c.entity_id").
		add(" FROM comments c WHERE c.org_id = ? AND (c.author_id = ? OR instr(c.mention_ids, ?) > 0) ORDER BY c.created_at, c.id",
			p.scope.OrgID, p.userID, string(p.quoted))
	return batchQuery{q, visiting(p, scanComment)}
}

func (p personal) conflicts() batchQuery {
	q := p.addHiddenColumn(newQuery("SELECT "+conflictColumns), "c.entity_id").
		add(` FROM conflicts c WHERE c.org_id = ? AND (c.detected_for_id = ? OR c.resolved_by_id = ? OR instr(c.fields || COALESCE(c.authors, ''), ?) > 0)
			ORDER BY c.detected_at, c.id`, p.scope.OrgID, p.userID, p.userID, string(p.quoted))
	return batchQuery{q, visiting(p, scanConflict)}
}

func (p personal) notifications() batchQuery {
	q := newQuery("SELECT "+epoch+", "+notificationColumns+", NOT (TRUE", p.scope.OrgID)
	addVisibleOf(q, p.scope, "n.entity_id")
	if !p.scope.All { // the inbox does not show it later either
		q.add(" AND (n.user_id <> ? OR TRUE", p.userID)
		addToldThen(q)
		q.add(")")
	}
	q.add(") FROM notifications n WHERE n.org_id = ? AND (n.user_id = ? OR n.actor_id = ?) ORDER BY n.position, n.user_id",
		p.scope.OrgID, p.userID, p.userID)
	return batchQuery{q, visiting(p, scanNotification)}
}

func (p personal) subscriptions() batchQuery {
	q := newQuery("SELECT "+subscriptionColumns+", FALSE FROM push_subscriptions s WHERE s.org_id = ? AND s.user_id = ? ORDER BY s.created_at, s.id",
		p.scope.OrgID, p.userID)
	return batchQuery{q, visiting(p, scanSubscription)}
}

func (p personal) watches() batchQuery {
	q := p.addHiddenColumn(newQuery("SELECT w.entity_id, w.user_id, w.watching, w.chosen_at"), "w.entity_id").
		add(" FROM watches w WHERE w.org_id = ? AND w.user_id = ? ORDER BY w.chosen_at, w.entity_id", p.scope.OrgID, p.userID)
	return batchQuery{q, visiting(p, scanWatch)}
}
