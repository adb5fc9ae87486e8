package postgres

import (
	"context"
	"encoding/json"

	"tandem/internal/collab"
)

// Personal calls visit with each record that is kept about a person.
func (s *Store) Personal(ctx context.Context, scope collab.Scope, userID collab.ID, visit func(collab.PersonalRecord) error) (collab.Cursor, error) {
	var cursor collab.Cursor
	p := personal{scope: scope, userID: userID, visit: visit}
	var err error
	if p.quoted, err = json.Marshal(userID); err != nil {
		return cursor, err
	}
	head := newQuery("SELECT o.epoch, o.head FROM organizations o WHERE o.id = ?", scope.OrgID)
	err = s.in(scope.OrgID).ask(ctx,
		question{head, func(r row) error { return r.Scan(&cursor.Epoch, &cursor.Position) }},
		p.grants(), p.entities(), p.changes(), p.comments(), p.conflicts(), p.notifications())
	return cursor, err
}

// personal asks for what is about one person, as that person sees it.
type personal struct {
	scope  collab.Scope
	userID collab.ID
	quoted []byte // the id as it stands in JSON
	visit  func(collab.PersonalRecord) error
}

// addHiddenColumn adds, as the last column, whether the scope does not see the
// entity whose id is in a column.
func (p personal) addHiddenColumn(q *query, column string) *query {
	q.add(", NOT (TRUE")
	addVisibleOf(q, p.scope, column)
	return q.add(")")
}

// visiting is a scan function that hands on what set makes of a row.
func (p personal) visiting(set func(*collab.PersonalRecord, row) error) func(row) error {
	return func(r row) error {
		var record collab.PersonalRecord
		if err := set(&record, longer{r, []any{&record.Hidden}}); err != nil {
			return err
		}
		return p.visit(record)
	}
}

func (p personal) grants() question {
	q := p.addHiddenColumn(newQuery("SELECT "+grantColumns), "g.entity_id").
		add(" FROM grants g WHERE g.org_id = ? AND (g.user_id = ? OR g.granted_by = ?) ORDER BY g.granted_at, g.entity_id, g.user_id",
			p.scope.OrgID, p.userID, p.userID)
	return question{q, p.visiting(func(record *collab.PersonalRecord, r row) (err error) {
		record.Grant, err = scanGrant(r)
		return err
	})}
}

func (p personal) entities() question {
	q := p.addHiddenColumn(selectEntities(p.scope.OrgID), "e.id").
		add(` FROM entities e WHERE e.org_id = ? AND (e.created_by = ? OR e.owner_id = ? OR e.data ->> 'updatedBy' = ?
			OR e.data -> 'fields' -> 'attendeeIds' @> to_jsonb(?::text)) ORDER BY e.created_at, e.id`,
			p.scope.OrgID, p.userID, p.userID, p.userID, p.userID)
	return question{q, p.visiting(func(record *collab.PersonalRecord, r row) (err error) {
		record.Entity, err = scanOneEntity(r)
		return err
	})}
}

func (p personal) changes() question {
	q := p.addHiddenColumn(selectChanges(p.scope.OrgID, "l.snapshot"), "l.entity_id").
		add(` FROM log l WHERE l.org_id = ? AND (l.actor_id = ? OR l.audience @> to_jsonb(?::text)
			OR strpos(concat(l.changes::text, l.metadata::text, l.regards::text, l.snapshot::text), ?) > 0) ORDER BY l.position`,
			p.scope.OrgID, p.userID, p.userID, string(p.quoted))
	return question{q, p.visiting(func(record *collab.PersonalRecord, r row) (err error) {
		record.Change, err = scanChange(p.scope.OrgID)(r)
		return err
	})}
}

func (p personal) comments() question {
	q := p.addHiddenColumn(newQuery("SELECT "+commentColumns), "c.entity_id").
		add(" FROM comments c WHERE c.org_id = ? AND (c.author_id = ? OR strpos(c.mention_ids::text, ?) > 0) ORDER BY c.created_at, c.id",
			p.scope.OrgID, p.userID, string(p.quoted))
	return question{q, p.visiting(func(record *collab.PersonalRecord, r row) (err error) {
		record.Comment, err = scanComment(r)
		return err
	})}
}

func (p personal) conflicts() question {
	q := p.addHiddenColumn(newQuery("SELECT "+conflictColumns), "c.entity_id").
		add(` FROM conflicts c WHERE c.org_id = ? AND (c.detected_for_id = ? OR c.resolved_by_id = ? OR strpos(concat(c.fields::text, c.authors::text), ?) > 0)
			ORDER BY c.detected_at, c.id`, p.scope.OrgID, p.userID, p.userID, string(p.quoted))
	return question{q, p.visiting(func(record *collab.PersonalRecord, r row) (err error) {
		record.Conflict, err = scanConflict(r)
		return err
	})}
}

func (p personal) notifications() question {
	q := p.addHiddenColumn(newQuery("SELECT "+epoch+", "+notificationColumns, p.scope.OrgID), "n.entity_id").
		add(" FROM notifications n WHERE n.org_id = ? AND (n.user_id = ? OR n.actor_id = ?) ORDER BY n.position, n.user_id",
			p.scope.OrgID, p.userID, p.userID)
	return question{q, p.visiting(func(record *collab.PersonalRecord, r row) (err error) {
		record.Notification, err = scanNotification(r)
		return err
	})}
}
