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
	for _, q := range []*query{nextRevisions(orgID, e.UserID), markErased(orgID, e.UserID)} {
		if _, err := conn.Exec(ctx, q.text.String(), q.args...); err != nil {
			return 0, fault(ctx, err)
		}
	}
	for _, q := range append(statements, conflicts...) {
		tag, err := conn.Exec(ctx, q.text.String(), q.args...)
		if err != nil {
			return 0, fault(ctx, err)
		}
		touched += int(tag.RowsAffected())
	}
	last := erasedInboxes(orgID, e.UserID)
	_, err = conn.Exec(ctx, last.text.String(), last.args...)
	return touched, fault(ctx, err)
}

// byPerson restricts notifications n to those of changes of which a person made at least one. Its arguments are the id, and quoted.
const byPerson = "(n.actor_id = ? OR position(?::text IN n.actor_ids::text) > 0)"

// quoted is an id as it stands in JSON.
func quoted(id collab.ID) string {
	text, _ := json.Marshal(id) // a string always encodes
	return string(text)
}

// nextRevisions begins a revision of the inboxes that have notifications of a person, so that the clients of others learn the texts
// that are left of them, and that their list of people is another one. It locks inboxes before notifications, as mark does.
func nextRevisions(orgID, userID collab.ID) *query {
	return newQuery(`INSERT INTO inboxes AS i (org_id, user_id, revision) SELECT DISTINCT n.org_id, n.user_id, 1 FROM notifications n
		WHERE n.org_id = ? AND n.user_id <> ? AND `+byPerson+` ORDER BY n.user_id
		ON CONFLICT (org_id, user_id) DO UPDATE SET revision = i.revision + 1`, orgID, userID, userID, quoted(userID))
}

// markErased marks the notifications of nextRevisions.
func markErased(orgID, userID collab.ID) *query {
	return newQuery(`UPDATE notifications n SET marked = (SELECT i.revision FROM inboxes i WHERE i.org_id = n.org_id AND i.user_id = n.user_id)
		FROM (SELECT n.position, n.user_id FROM notifications n WHERE n.org_id = ? AND n.user_id <> ? AND `+byPerson+`
		ORDER BY n.position, n.user_id FOR NO KEY UPDATE) AS theirs
		WHERE n.org_id = ? AND n.position = theirs.position AND n.user_id = theirs.user_id`, orgID, userID, userID, quoted(userID), orgID)
}

// erasedInboxes gives the inboxes of nextRevisions the next sequence, so that all instances find them.
func erasedInboxes(orgID, userID collab.ID) *query {
	return nextSequence(orgID, "SELECT n.user_id FROM notifications n WHERE n.org_id = ? AND n.user_id <> ? AND "+byPerson,
		orgID, userID, userID, quoted(userID))
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
