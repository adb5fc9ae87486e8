package sqlite

import (
	"context"
	"encoding/json"

	"tandem/internal/collab"
)

// erase removes a person from all tables, in the transaction of a write; nil erases nobody. It
// returns the number of rows that it changed, and does not touch rows that have nothing of the
// person.
func erase(ctx context.Context, tx *transaction, orgID collab.ID, e *collab.Erasure) (touched int, err error) {
	if e == nil {
		return 0, nil
	}
	statements := erasures(orgID, e)
	conflicts, err := eraseConflicts(ctx, tx, orgID, e.UserID)
	if err != nil {
		return 0, err
	}
	naming, err := findNaming(ctx, tx, orgID, e.UserID)
	if err != nil {
		return 0, err
	}
	if err := execAll(ctx, tx, naming.nextRevisions(orgID), naming.mark(orgID)); err != nil {
		return 0, err
	}
	for _, q := range append(statements, conflicts...) {
		result, err := tx.ExecContext(ctx, q.text.String(), q.args...)
		if err != nil {
			return 0, fault(ctx, err)
		}
		n, err := result.RowsAffected()
		if err != nil {
			return 0, err
		}
		touched += int(n)
	}
	return touched, execAll(ctx, tx, naming.nextSequence(orgID)...)
}

// A naming is the keys of other people's notifications of changes of which a person made at least one, as a JSON list of pairs.
type naming string

// findNaming reads the keys once, since it reads all notifications of the organization in which several people are.
func findNaming(ctx context.Context, tx *transaction, orgID, userID collab.ID) (found naming, err error) {
	quoted, _ := json.Marshal(userID) // a string always encodes
	q := newQuery(`SELECT json_group_array(json_array(position, user_id)) FROM (
		SELECT n.position, n.user_id FROM notifications n WHERE n.org_id = ? AND n.actor_id = ? AND n.user_id <> ?
		UNION SELECT n.position, n.user_id FROM notifications n WHERE n.org_id = ? AND n.actor_ids IS NOT NULL AND n.user_id <> ?
		AND instr(n.actor_ids, ?) > 0)`, orgID, userID, userID, orgID, userID, string(quoted))
	err = forEachRow(ctx, tx, q, func(r row) error { return r.Scan(&found) })
	return found, err
}

// nextRevisions begins a revision of the inboxes, so that the clients of others learn the texts that are left of the notifications,
// and that their list of people is another one.
func (n naming) nextRevisions(orgID collab.ID) *query {
	return newQuery(`INSERT INTO inboxes AS i (org_id, user_id, revision) SELECT DISTINCT ?, k.value ->> 1, 1 FROM json_each(?) AS k WHERE TRUE
		ON CONFLICT (org_id, user_id) DO UPDATE SET revision = i.revision + 1`, orgID, string(n))
}

// mark marks the notifications with the revisions.
func (n naming) mark(orgID collab.ID) *query {
	return newQuery(`UPDATE notifications AS n SET marked = (SELECT i.revision FROM inboxes i WHERE i.org_id = n.org_id AND i.user_id = n.user_id)
		WHERE n.org_id = ? AND (n.position, n.user_id) IN (SELECT k.value ->> 0, k.value ->> 1 FROM json_each(?) AS k)`, orgID, string(n))
}

// nextSequence gives the inboxes the next sequence, so that all instances find them.
func (n naming) nextSequence(orgID collab.ID) []*query {
	return nextSequence(orgID, "SELECT k.value ->> 1 FROM json_each(?) AS k", string(n))
}

// erasures are the statements that erase a person, except those for conflicts.
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
		newQuery("DELETE FROM inboxes WHERE org_id = ? AND user_id = ?", orgID, e.UserID),
		newQuery("DELETE FROM notifications WHERE org_id = ? AND user_id = ?", orgID, e.UserID),
		newQuery("DELETE FROM jobs WHERE org_id = ? AND user_id = ?", orgID, e.UserID),
		newQuery("DELETE FROM digest_items WHERE org_id = ? AND user_id = ?", orgID, e.UserID),
	}
	statements = append(statements, dropBrowsers(orgID, e.UserID)...)
	for _, said := range collab.ErasedNotifications {
		statements = append(statements, newQuery(`UPDATE notifications AS n SET title = left_over.title, body = left_over.body
			FROM (SELECT position, user_id, COALESCE(burst ->> '$.nameless.title', ?) AS title,
				COALESCE(burst ->> '$.nameless.body', NULLIF(?, ''), body) AS body
				FROM notifications WHERE org_id = ? AND actor_id = ? AND kind = ?) AS left_over
			WHERE n.org_id = ? AND n.position = left_over.position AND n.user_id = left_over.user_id
			AND (n.title, n.body) <> (left_over.title, left_over.body)`,
			said.Title, said.Body, orgID, e.UserID, said.Kind, orgID))
	}
	return statements
}

// eraseConflicts are the statements that take a person's edits out of conflicts.
func eraseConflicts(ctx context.Context, tx *transaction, orgID, userID collab.ID) ([]*query, error) {
	q := newQuery("SELECT "+conflictColumns+` FROM conflicts c WHERE c.org_id = ? AND (c.detected_for_id = ?
		OR EXISTS (SELECT 1 FROM json_each(c.authors) AS author WHERE author.value = ?)
		OR c.authors IS NULL AND EXISTS (SELECT 1 FROM log l WHERE l.org_id = c.org_id AND l.entity_id = c.entity_id
		AND l.conflict_id = c.id AND l.type = 'CONFLICT' AND l.actor_id = ?))`, orgID, userID, userID, userID)
	conflicts, err := collect(ctx, tx, q, scanConflict)
	if err != nil {
		return nil, err
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
