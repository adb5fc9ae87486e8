package postgres

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/internal/collab"
)

// erase removes a person from all tables, in the transaction of a write that holds the
// organization's lock; nil erases nobody. It returns the number of rows that it changed, and does not
// touch rows that have nothing of the person.
func erase(ctx context.Context, conn *pgxpool.Conn, orgID collab.ID, e *collab.Erasure) (touched int, err error) {
	if e == nil {
		return 0, nil
	}
	statements := erasures(orgID, e)
	conflicts, err := eraseConflicts(ctx, conn, orgID, e.UserID)
	if err != nil {
		return 0, err
	}
	naming, err := findNaming(ctx, conn, orgID, e.UserID)
	if err != nil {
		return 0, err
	}
	for _, q := range []*query{naming.nextRevisions(orgID), naming.mark(orgID)} {
		if err := exec(ctx, conn, q); err != nil {
			return 0, err
		}
	}
	for _, q := range append(statements, conflicts...) {
		tag, err := conn.Exec(ctx, q.text.String(), q.args...)
		if err != nil {
			return 0, fault(ctx, err)
		}
		touched += int(tag.RowsAffected())
	}
	return touched, exec(ctx, conn, naming.nextSequence(orgID))
}

// A naming is the keys of other people's notifications of changes of which a person made at least one.
type naming struct {
	positions []int64
	users     []collab.ID
}

// findNaming reads the keys once, since it reads all notifications of the organization in which several people are.
func findNaming(ctx context.Context, conn *pgxpool.Conn, orgID, userID collab.ID) (found naming, err error) {
	quoted, _ := json.Marshal(userID) // a string always encodes
	q := newQuery(`SELECT n.position, n.user_id FROM notifications n WHERE n.org_id = ? AND n.actor_id = ? AND n.user_id <> ?
		UNION SELECT n.position, n.user_id FROM notifications n WHERE n.org_id = ? AND n.actor_ids IS NOT NULL AND n.user_id <> ?
		AND position(?::text IN n.actor_ids::text) > 0`, orgID, userID, userID, orgID, userID, quoted)
	batch := &pgx.Batch{}
	queue(batch, []batchQuery{{q, func(r row) error {
		var position int64
		var user collab.ID
		err := r.Scan(&position, &user)
		found.positions, found.users = append(found.positions, position), append(found.users, user)
		return err
	}}})
	err = conn.SendBatch(ctx, batch).Close()
	return found, fault(ctx, err)
}

// nextRevisions begins a revision of the inboxes, so that the clients of others learn the texts that are left of the notifications,
// and that their list of people is another one. It locks inboxes before notifications, as mark of a person does.
func (n naming) nextRevisions(orgID collab.ID) *query {
	return newQuery(`INSERT INTO inboxes AS i (org_id, user_id, revision) SELECT DISTINCT ?, k.user_id, 1 FROM unnest(?::text[]) AS k (user_id)
		ORDER BY k.user_id ON CONFLICT (org_id, user_id) DO UPDATE SET revision = i.revision + 1`, orgID, list(n.users))
}

// mark marks the notifications with the revisions.
func (n naming) mark(orgID collab.ID) *query {
	return newQuery(`UPDATE notifications n SET marked = (SELECT i.revision FROM inboxes i WHERE i.org_id = n.org_id AND i.user_id = n.user_id)
		FROM (SELECT n.position, n.user_id FROM unnest(?::bigint[], ?::text[]) AS k (position, user_id) JOIN notifications n
		ON n.org_id = ? AND n.position = k.position AND n.user_id = k.user_id ORDER BY n.position, n.user_id FOR NO KEY UPDATE OF n) AS theirs
		WHERE n.org_id = ? AND n.position = theirs.position AND n.user_id = theirs.user_id`, n.positions, list(n.users), orgID, orgID)
}

// nextSequence gives the inboxes the next sequence, so that all instances find them.
func (n naming) nextSequence(orgID collab.ID) *query {
	return nextSequence(orgID, "SELECT unnest(?::text[])", list(n.users))
}

// erasures are the statements that erase a person, except those for conflicts. Notifications are
// locked first, in the order in which MarkRead locks them.
func erasures(orgID collab.ID, e *collab.Erasure) []*query {
	statements := []*query{
		newQuery(`UPDATE users SET name = ?, email = NULL, avatar = NULL, erased_at = ?
			WHERE org_id = ? AND id = ? AND erased_at IS NULL`, collab.ErasedName, e.At, orgID, e.UserID),
		newQuery(`UPDATE members SET removed_at = COALESCE(removed_at, ?), name_key = ?, presence_hidden = FALSE
			WHERE org_id = ? AND user_id = ? AND (removed_at IS NULL OR name_key <> ?)`,
			e.At, collab.NameKey(collab.ErasedName), orgID, e.UserID, collab.NameKey(collab.ErasedName)),
		newQuery("DELETE FROM grants WHERE org_id = ? AND user_id = ?", orgID, e.UserID),
		newQuery("DELETE FROM notification_settings WHERE org_id = ? AND user_id = ?", orgID, e.UserID),
		newQuery("DELETE FROM notification_channels WHERE org_id = ? AND user_id = ?", orgID, e.UserID),
		newQuery("DELETE FROM mutes WHERE org_id = ? AND user_id = ?", orgID, e.UserID),
		newQuery("UPDATE comments SET body = ? WHERE org_id = ? AND author_id = ? AND body <> ?",
			collab.ErasedText, orgID, e.UserID, collab.ErasedText),
		newQuery(`UPDATE log SET metadata = NULL, client_mutation_id = NULL, fingerprint = NULL
			WHERE org_id = ? AND actor_id = ? AND (metadata IS NOT NULL OR client_mutation_id IS NOT NULL)`, orgID, e.UserID),
		newQuery("DELETE FROM watches WHERE org_id = ? AND user_id = ?", orgID, e.UserID),
		newQuery("DELETE FROM inboxes WHERE org_id = ? AND user_id = ?", orgID, e.UserID), // before the notifications, as MarkRead locks them
		newQuery(`DELETE FROM notifications n USING (SELECT position, user_id FROM notifications WHERE org_id = ? AND user_id = ?
			ORDER BY position FOR UPDATE) AS theirs
			WHERE n.org_id = ? AND n.position = theirs.position AND n.user_id = theirs.user_id`, orgID, e.UserID, orgID),
		newQuery("DELETE FROM jobs WHERE org_id = ? AND user_id = ?", orgID, e.UserID),
		newQuery("DELETE FROM digest_items WHERE org_id = ? AND user_id = ?", orgID, e.UserID),
		newQuery(`DELETE FROM push_endpoints WHERE holder = ? AND hash IN
			(SELECT endpoint_hash FROM push_subscriptions WHERE org_id = ? AND user_id = ?)`, orgID, orgID, e.UserID),
		newQuery("DELETE FROM push_subscriptions WHERE org_id = ? AND user_id = ?", orgID, e.UserID),
	}
	for _, said := range collab.ErasedNotifications {
		statements = append(statements, newQuery(`UPDATE notifications n SET title = left_over.title, body = left_over.body
			FROM (SELECT position, user_id, COALESCE(burst -> 'nameless' ->> 'title', ?) AS title,
				COALESCE(burst -> 'nameless' ->> 'body', NULLIF(?::text, ''), body) AS body
				FROM notifications WHERE org_id = ? AND actor_id = ? AND kind = ? ORDER BY position, user_id FOR NO KEY UPDATE) AS left_over
			WHERE n.org_id = ? AND n.position = left_over.position AND n.user_id = left_over.user_id
			AND (n.title, n.body) <> (left_over.title, left_over.body)`,
			said.Title, said.Body, orgID, e.UserID, said.Kind, orgID))
	}
	return statements
}

// eraseConflicts are the statements that take a person's edits out of conflicts.
func eraseConflicts(ctx context.Context, conn *pgxpool.Conn, orgID, userID collab.ID) ([]*query, error) {
	q := newQuery("SELECT "+conflictColumns+` FROM conflicts c WHERE c.org_id = ? AND (c.detected_for_id = ?
		OR EXISTS (SELECT 1 FROM json_each_text(c.authors) AS author WHERE author.value = ?)
		OR c.authors IS NULL AND EXISTS (SELECT 1 FROM log l WHERE l.org_id = c.org_id AND l.entity_id = c.entity_id
		AND l.conflict_id = c.id AND l.type = 'CONFLICT' AND l.actor_id = ?))`, orgID, userID, userID, userID)
	var conflicts []*collab.Conflict
	batch := &pgx.Batch{}
	queue(batch, []batchQuery{{q, scanAll(&conflicts, scanConflict)}})
	if err := conn.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fault(ctx, err)
	}
	var statements []*query
	for _, c := range conflicts {
		if !c.Erase(userID) {
			continue
		}
		fields, err := json.Marshal(c.Fields)
		if err != nil {
			return nil, err
		}
		patch, err := json.Marshal(c.Patch)
		if err != nil {
			return nil, err
		}
		authors, err := encodeOrNull(c.Authors)
		if err != nil {
			return nil, err
		}
		statements = append(statements, newQuery("UPDATE conflicts SET patch = ?, fields = ?, authors = ? WHERE org_id = ? AND id = ?",
			patch, fields, authors, orgID, c.ID))
	}
	return statements, nil
}
