package sqlite

import (
	"context"
	"encoding/json"

	"tandem/internal/collab"
)

// Inboxes returns people's inboxes in one state, in the order of the queries.
func (s *Store) Inboxes(ctx context.Context, orgID collab.ID, queries []collab.InboxQuery, now collab.Time, limit int) ([]*collab.Inbox, error) {
	inboxes := make([]*collab.Inbox, len(queries))
	for i := range inboxes {
		inboxes[i] = &collab.Inbox{Mark: collab.InboxMark{At: now}}
	}
	var statements []batchQuery
	for _, all := range []bool{false, true} { // admins see everything, and the others by who they are
		r := inboxRead{scope: collab.Scope{OrgID: orgID, All: all}, queries: queries, inboxes: inboxes, now: now, limit: limit}
		statements = append(statements, r.statements()...)
	}
	if err := s.query(ctx, statements...); err != nil {
		return nil, err
	}
	return inboxes, nil
}

// An inboxRead is a read of the inboxes of people who see all entities, or of those who do not.
type inboxRead struct {
	scope   collab.Scope // without a person
	queries []collab.InboxQuery
	inboxes []*collab.Inbox
	now     collab.Time
	limit   int
}

// An asker is a row of the table p in a statement: a query, by its number.
type asker struct {
	N        int       `json:"n"`
	UserID   collab.ID `json:"user_id"`
	Position int64     `json:"position"`
	Revision int64     `json:"revision"`
	At       int64     `json:"at"`
	Access   collab.ID `json:"access"`
}

// askers is the table of askers, whose argument is JSON.
const askers = `(SELECT value ->> 'n' AS n, value ->> 'user_id' AS user_id, value ->> 'position' AS position, value ->> 'revision' AS revision,
	value ->> 'at' AS at, value ->> 'access' AS access FROM json_each(?)) AS p`

// askers returns the queries that match, in JSON; nil if none does.
func (r inboxRead) askers(matches func(collab.InboxQuery) bool) []byte {
	var some []asker
	for n, query := range r.queries {
		if query.All != r.scope.All || !matches(query) {
			continue
		}
		one := asker{N: n, UserID: query.UserID}
		if since := query.Since; since != nil {
			one.Position, one.Revision, one.At = since.Position, since.Revision, since.At.UnixMilli()
		}
		if query.Access != nil {
			one.Access = *query.Access
		}
		some = append(some, one)
	}
	if some == nil {
		return nil
	}
	encoded, _ := json.Marshal(some) // ids, numbers and times always encode
	return encoded
}

// statements returns the statements that have somebody to ask for.
func (r inboxRead) statements() (all []batchQuery) {
	if some := r.askers(func(collab.InboxQuery) bool { return true }); some != nil {
		all = append(all, r.states(some))
	}
	if some := r.askers(func(q collab.InboxQuery) bool { return q.Since != nil }); some != nil {
		all = append(all, r.changes(some))
	}
	if some := r.askers(func(q collab.InboxQuery) bool { return q.Access != nil && *q.Access != "" && !q.All }); some != nil {
		all = append(all, r.removals(some, " AND n.entity_id = p.access"))
	}
	if some := r.askers(func(q collab.InboxQuery) bool { return q.Access != nil && *q.Access == "" && !q.All }); some != nil {
		all = append(all, r.removals(some, ""))
	}
	return all
}

// states reads everything except lists of notifications.
func (r inboxRead) states(some []byte) batchQuery {
	person := column("p.user_id")
	q := newQuery(`SELECT p.n, o.head, COALESCE((SELECT i.revision FROM inboxes i WHERE i.org_id = o.id AND i.user_id = p.user_id), 0),
		(SELECT MIN(n.snoozed_until) FROM notifications n WHERE n.org_id = o.id AND n.user_id = p.user_id AND n.read_at IS NULL AND n.snoozed_until > ?), (`, r.now)
	addUnreadCount(q, r.scope, column("n.user_id"), person, r.now).add(") FROM organizations o, "+askers+" WHERE o.id = ?", some, r.scope.OrgID)
	return batchQuery{q, func(row row) error {
		var n int
		var mark collab.InboxMark
		var unread int
		var wakes *int64
		err := row.Scan(&n, &mark.Position, &mark.Revision, &wakes, &unread)
		if err == nil {
			inbox := r.inboxes[n]
			inbox.Mark.Position, inbox.Mark.Revision, inbox.Unread, inbox.Wakes = mark.Position, mark.Revision, unread, atOrNil(wakes)
		}
		return err
	}}
}

// changes reads the notifications that changed since the marks.
func (r inboxRead) changes(some []byte) batchQuery {
	q := newQuery("SELECT n.asker, "+epoch+", "+notificationColumns+` FROM (SELECT p.n AS asker, n.*,
		ROW_NUMBER() OVER (PARTITION BY p.n ORDER BY n.position DESC) AS place FROM `+askers+` CROSS JOIN notifications n WHERE n.org_id = ?
		AND n.user_id = p.user_id AND n.position IN (`, r.scope.OrgID, some, r.scope.OrgID)
	r.addChangedPositions(q)
	q.add(")")
	addVisibleNotification(q, r.scope, column("n.user_id"))
	q.add(") n WHERE n.place <= ? ORDER BY n.asker, n.place", r.limit)
	return batchQuery{q, r.addChanged}
}

// addChangedPositions adds the positions of what changed for the asker p. Each part reads a range of an index, so that the cost
// grows with what changed, and not with all notifications that the person ever got.
func (r inboxRead) addChangedPositions(q *query) {
	const part = "SELECT c.position FROM notifications c WHERE c.org_id = ? AND c.user_id = p.user_id AND "
	q.add(part+"c.position > p.position UNION ", r.scope.OrgID)
	q.add(part+"c.marked > 0 AND c.marked > p.revision UNION ", r.scope.OrgID)
	q.add(part+"c.snoozed_until > p.at AND c.snoozed_until <= ? UNION ", r.scope.OrgID, r.now)
	q.add(part+"c.entity_id = p.access AND p.access <> ''", r.scope.OrgID)
}

// removals reads the ids of notifications about entities that the people do not see.
func (r inboxRead) removals(some []byte, narrow string) batchQuery {
	q := newQuery(`SELECT n.asker, n.id FROM (SELECT p.n AS asker, n.id, ROW_NUMBER() OVER (PARTITION BY p.n ORDER BY n.position DESC) AS place
		FROM `+askers+` CROSS JOIN notifications n WHERE n.org_id = ?
		AND n.user_id = p.user_id AND n.in_app AND n.entity_id IS NOT NULL`+narrow, some, r.scope.OrgID)
	addRemoved(q, r.scope)
	q.add(") n WHERE n.place <= ? ORDER BY n.asker, n.place", r.limit)
	return batchQuery{q, r.addRemovedID}
}

func addRemoved(q *query, scope collab.Scope) {
	q.add(" AND n.entity_id IN (SELECT h.id")
	addHiddenFrom(q, scope.OrgID, column("n.user_id"))
	q.add(")")
}

func (r inboxRead) addChanged(row row) error {
	var n int
	changed, err := scanNotification(withColumnsBefore{row, []any{&n}})
	if err == nil {
		r.inboxes[n].Changed = append(r.inboxes[n].Changed, changed)
	}
	return err
}

func (r inboxRead) addRemovedID(row row) error {
	var n int
	var id collab.ID
	err := row.Scan(&n, &id)
	if err == nil {
		r.inboxes[n].Removed = append(r.inboxes[n].Removed, id)
	}
	return err
}

// InboxSequences returns how often inboxes of organizations changed.
func (s *Store) InboxSequences(ctx context.Context, orgIDs []collab.ID) (map[collab.ID]int64, error) {
	q := newQuery("SELECT s.org_id, s.newest FROM inbox_sequences s WHERE s.org_id IN (SELECT value FROM json_each(?))", list(orgIDs))
	sequences := make(map[collab.ID]int64, len(orgIDs))
	err := forEachRow(ctx, s.readers, q, func(r row) error {
		var id collab.ID
		var newest int64
		err := r.Scan(&id, &newest)
		sequences[id] = newest
		return err
	})
	if err != nil {
		return nil, err
	}
	return sequences, nil
}

// ChangedInboxes returns the inboxes that changed after a place.
func (s *Store) ChangedInboxes(ctx context.Context, orgID collab.ID, after collab.InboxPlace, limit int) ([]collab.InboxPlace, error) {
	q := newQuery("SELECT i.sequence, i.user_id FROM inboxes i WHERE i.org_id = ? AND (i.sequence, i.user_id) > (?, ?) ORDER BY i.sequence, i.user_id LIMIT ?",
		orgID, after.Sequence, after.UserID, limit)
	return collect(ctx, s.readers, q, func(r row) (p collab.InboxPlace, err error) {
		err = r.Scan(&p.Sequence, &p.UserID)
		return p, err
	})
}

// nextSequence are the statements that give inboxes the next sequence of the organization. They come last in a transaction, since other
// marks wait for its end from then on: so sequences become visible in their order.
func nextSequence(orgID collab.ID, which string, args ...any) []*query {
	return []*query{
		newQuery("INSERT INTO inbox_sequences AS s (org_id, newest) VALUES (?, 1) ON CONFLICT (org_id) DO UPDATE SET newest = s.newest + 1", orgID),
		newQuery("UPDATE inboxes AS i SET sequence = (SELECT s.newest FROM inbox_sequences s WHERE s.org_id = i.org_id) WHERE i.org_id = ? AND i.user_id IN ("+which+")",
			append([]any{orgID}, args...)...),
	}
}
