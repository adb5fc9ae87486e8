package sqlite

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"tandem/internal/collab"
)

// intentQueries returns the queries for what an intent needs, in order: the entity first, because
// everything that depends on its lock has to be read after it. They store their results in state.
func intentQueries(i collab.Intent, state *collab.State) []batchQuery {
	return slices.Concat(lockingQueries(i, state), editQueries(i, state), noticeQueries(i, state))
}

// lockingQueries returns the queries for what the write locks, and for the people of the intent.
func lockingQueries(i collab.Intent, state *collab.State) []batchQuery {
	var asked []batchQuery
	if i.Founds {
		asked = append(asked, foundOrganization(i.OrgID))
	}
	if i.EntityID != "" {
		asked = append(asked, queryEntity(i, state))
	}
	if i.Audited {
		asked = append(asked, queryAuditEnd(i.OrgID, &state.AuditEnd))
	}
	if i.Admins {
		asked = append(asked, queryAdmins(i, state))
	}
	return append(asked, queryMembers(i, state))
}

// editQueries returns the queries for what an edit is merged with and refers to.
func editQueries(i collab.Intent, state *collab.State) []batchQuery {
	var asked []batchQuery
	if i.ClientMutationID != nil {
		asked = append(asked, queryEarlier(i, state))
	}
	if i.EntityID != "" && i.BaseVersion > 0 {
		asked = append(asked, queryBase(i, state))
	}
	if len(i.NewerBases)+len(i.MadeAfter) > 0 {
		state.NewerBases = map[int]*collab.Change{}
	}
	if len(i.NewerBases) > 0 {
		asked = append(asked, queryNewerBases(i, state))
	}
	if len(i.MadeAfter) > 0 {
		asked = append(asked, queryMadeAfter(i, state), queryQueuedConflict(i, state), queryQueuedRemote(i, state))
	}
	if i.ConflictID != "" {
		asked = append(asked, queryConflict(i, state))
	}
	if i.CustomerID != nil {
		asked = append(asked, queryCustomer(i, state))
	}
	if i.EntityID != "" || i.CustomerID != nil {
		asked = append(asked, queryGrants(i, state))
	}
	return asked
}

// noticeQueries returns the queries for what decides on notifications.
func noticeQueries(i collab.Intent, state *collab.State) []batchQuery {
	var asked []batchQuery
	if i.NotificationDefaults {
		state.NotificationDefaults = &collab.NotificationDefaults{Channels: collab.ChannelChoices{}}
		asked = append(asked, queryDefaults(i.OrgID, state.NotificationDefaults.Channels), queryPushContent(i.OrgID, &state.NotificationDefaults.PushContent))
	}
	if i.ViewedSince != nil {
		asked = append(asked, queryViewed(i, state))
	}
	if i.UnreadSince != nil {
		asked = append(asked, queryRecipients(i, state))
	}
	if i.UnreadSince != nil && (i.EntityID != "" || i.UnreadOf != "") {
		asked = append(asked, queryUnread(i, state))
	}
	if len(i.UnreadIDs) > 0 {
		asked = append(asked, queryUnreadOfIDs(i, state))
	}
	return asked
}

// foundOrganization creates the organization if it does not exist. Its epoch is random, so that an
// organization that was lost and created again has a different one.
func foundOrganization(id collab.ID) batchQuery {
	epoch := 1 + rand.Uint32N(math.MaxUint32)
	q := newQuery("INSERT INTO organizations (id, name, epoch) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", id, id, int64(epoch))
	return batchQuery{q, func(row) error { return nil }}
}

func queryEntity(i collab.Intent, state *collab.State) batchQuery {
	q := selectEntities(i.OrgID).add(" FROM entities e WHERE e.org_id = ? AND e.id = ?", i.OrgID, i.EntityID)
	return batchQuery{q, scanOne(&state.Entity, scanOneEntity)}
}

func queryMembers(i collab.Intent, state *collab.State) batchQuery {
	q := newQuery("SELECT "+memberColumns+", o.restricts"+membersFrom+" JOIN organizations o ON o.id = m.org_id WHERE m.org_id = ?", i.OrgID)
	oneOf(q, "m.user_id", append([]collab.ID{i.ActorID}, i.UserIDs...))
	asked := make(map[collab.ID]bool, len(i.UserIDs))
	for _, id := range i.UserIDs {
		asked[id] = true
	}
	return batchQuery{q, func(r row) error {
		m, err := scanMember(r, &state.HasRestricted)
		if err != nil {
			return err
		}
		if m.User.ID == i.ActorID {
			state.Actor = m
		}
		if asked[m.User.ID] {
			state.Members[m.User.ID] = m
		}
		return nil
	}}
}

// queryAuditEnd reads the end of the trail. Nobody else moves it while the writer reads.
func queryAuditEnd(orgID collab.ID, end *collab.AuditEnd) batchQuery {
	q := newQuery("SELECT audit_number, audit_hash, head FROM organizations WHERE id = ?", orgID)
	return batchQuery{q, scanOne(end, scanAuditEnd)}
}

func queryAdmins(i collab.Intent, state *collab.State) batchQuery {
	q := newQuery("SELECT m.user_id FROM members m WHERE m.org_id = ? AND m.role = ? AND m.removed_at IS NULL ORDER BY m.user_id", i.OrgID, collab.RoleAdmin)
	return batchQuery{q, scanAll(&state.Admins, scanColumn[collab.ID])}
}

func queryEarlier(i collab.Intent, state *collab.State) batchQuery {
	q := selectChanges(i.OrgID, "l.snapshot, COALESCE(l.fingerprint, '')").add(" FROM log l WHERE l.org_id = ? AND l.actor_id = ? AND l.client_mutation_id = ?",
		i.OrgID, i.ActorID, *i.ClientMutationID)
	return batchQuery{q, func(r row) (err error) {
		var fingerprint string
		if state.Earlier, err = scanChange(i.OrgID)(withColumnsAfter{r, []any{&fingerprint}}); err == nil {
			state.Earlier.Fingerprint = fingerprint
		}
		return err
	}}
}

// withoutValues selects the fields of a change without their values. It includes the values if the
// base version was pruned, because they are then the only record of it, and those of the newest changes
// that the people of the intent made.
const withoutValues = `CASE WHEN EXISTS (SELECT 1 FROM log b WHERE b.org_id = ? AND b.entity_id = ? AND b.entity_version = ? AND b.snapshot IS NOT NULL)
	AND NOT (l.entity_version > e.version - ? AND (l.actor_id IN (SELECT value FROM json_each(?)) OR instr(CAST(l.edited AS TEXT), 'authorId') > 0))
	THEN COALESCE(l.edited, l.changes) ELSE l.changes END`

// queryBase reads the changes that made the base version and the newest ones after it, unless the
// base version is the current one.
func queryBase(i collab.Intent, state *collab.State) batchQuery {
	editors := append([]collab.ID{i.ActorID}, i.UserIDs...)
	q := newQuery("SELECT "+epoch+", ", i.OrgID).
		add(changeColumnsBut(withoutValues), i.OrgID, i.EntityID, i.BaseVersion, collab.MostValues, list(editors)).add(`,
		CASE WHEN l.entity_version = ? THEN l.snapshot END FROM log l JOIN entities e ON e.org_id = l.org_id AND e.id = l.entity_id
		WHERE l.org_id = ? AND l.entity_id = ? AND e.version > ? AND l.snapshot IS NOT NULL
		AND (l.entity_version = ? OR l.entity_version > ? AND l.entity_version > e.version - ?)
		ORDER BY l.entity_version`,
		i.BaseVersion, i.OrgID, i.EntityID, i.BaseVersion, i.BaseVersion, i.BaseVersion, cmp.Or(i.MostSince, collab.MostSince))
	return batchQuery{q, func(r row) error {
		c, err := scanChange(i.OrgID)(r)
		switch {
		case err != nil:
			return err
		case c.EntityVersion == i.BaseVersion:
			state.Base, state.BaseAudience = c.Snapshot, c.Audience
		default:
			state.Since = append(state.Since, c)
		}
		return nil
	}}
}

// queryNewerBases reads the changes that made the versions of NewerBases.
func queryNewerBases(i collab.Intent, state *collab.State) batchQuery {
	q := selectChanges(i.OrgID, "l.snapshot").add(" FROM log l WHERE l.org_id = ? AND l.entity_id = ? AND l.snapshot IS NOT NULL AND l.entity_version IN (SELECT value FROM json_each(?))",
		i.OrgID, i.EntityID, list(i.NewerBases))
	return batchQuery{q, intoVersions(i.OrgID, state.NewerBases)}
}

// queryMadeAfter reads the actor's newest changes of the entity that MadeAfter asks for.
func queryMadeAfter(i collab.Intent, state *collab.State) batchQuery {
	state.MadeAfter = map[int]*collab.Change{}
	q := selectChanges(i.OrgID, "NULL").add(" FROM log l JOIN entities e ON e.org_id = l.org_id AND e.id = l.entity_id").
		add(" WHERE l.org_id = ? AND l.actor_id = ? AND l.entity_id = ? AND l.snapshot IS NOT NULL", i.OrgID, i.ActorID, i.EntityID).
		add(" AND l.entity_version > ? AND l.entity_version > e.version - ?", i.BaseVersion, collab.MostMadeAfterRead)
	oneOf(q, "l.client_mutation_id", i.MadeAfter)
	return batchQuery{q, intoVersions(i.OrgID, state.MadeAfter)}
}

// intoVersions stores changes by the version of the entity that they made.
func intoVersions(orgID collab.ID, changes map[int]*collab.Change) func(row) error {
	return func(r row) error {
		c, err := scanChange(orgID)(r)
		if err == nil {
			changes[c.EntityVersion] = c
		}
		return err
	}
}

// queryQueuedConflict reads the newest open conflict over the entity that one of MadeAfter met.
func queryQueuedConflict(i collab.Intent, state *collab.State) batchQuery {
	q := newQuery("SELECT " + conflictColumns)
	addQueuedConflict(q, i)
	return batchQuery{q, scanOne(&state.QueuedConflict, scanConflict)}
}

// queryQueuedRemote reads the change that made the remote version of that conflict.
func queryQueuedRemote(i collab.Intent, state *collab.State) batchQuery {
	q := selectChanges(i.OrgID, "l.snapshot").add(" FROM log l WHERE l.org_id = ? AND l.entity_id = ? AND l.snapshot IS NOT NULL", i.OrgID, i.EntityID).
		add(" AND l.entity_version = (SELECT c.remote_version")
	addQueuedConflict(q, i)
	return batchQuery{q.add(")"), intoVersions(i.OrgID, state.NewerBases)}
}

func addQueuedConflict(q *query, i collab.Intent) {
	q.add(" FROM conflicts c JOIN log m ON m.org_id = c.org_id AND m.conflict_id = c.id").
		add(" WHERE c.org_id = ? AND c.entity_id = ? AND c.resolution IS NULL AND m.actor_id = ?", i.OrgID, i.EntityID, i.ActorID)
	oneOf(q, "m.client_mutation_id", i.MadeAfter)
	q.add(" ORDER BY m.position DESC LIMIT 1")
}

// queryRecipients reads the people who may have to be told about a change of the entity.
func queryRecipients(i collab.Intent, state *collab.State) batchQuery {
	state.Recipients = map[collab.ID]*collab.Recipient{}
	q := newQuery(`SELECT p.id, u.name, m.role, m.removed_at IS NOT NULL, w.watching, MAX(p.commented), mu.user_id IS NOT NULL, mu.until,
		(SELECT NULLIF(json_group_object(c.kind, json(c.channels)), '{}') FROM notification_channels c WHERE c.org_id = ? AND c.user_id = p.id),
		(SELECT NULLIF(json_group_object(d.kind, json(d.channels)), '{}') FROM notification_defaults d WHERE d.org_id = ?) FROM (SELECT value AS id, FALSE AS commented FROM json_each(?)`,
		i.OrgID, i.OrgID, list(slices.Concat([]collab.ID{i.ActorID}, i.UserIDs, i.Concerned)))
	if i.EntityID != "" {
		q.add(" UNION ALL SELECT w.user_id, FALSE FROM watches w WHERE w.org_id = ? AND w.entity_id = ?", i.OrgID, i.EntityID)
		q.add(" UNION ALL SELECT e.created_by, FALSE FROM entities e WHERE e.org_id = ? AND e.id = ?", i.OrgID, i.EntityID)
		q.add(" UNION ALL SELECT e.owner_id, FALSE FROM entities e WHERE e.org_id = ? AND e.id = ?", i.OrgID, i.EntityID)
		q.add(" UNION ALL SELECT a.value, FALSE FROM entities e, json_each(e.data, '$.fields.attendeeIds') AS a WHERE e.org_id = ? AND e.id = ?", i.OrgID, i.EntityID)
	}
	if i.Commenters {
		q.add(" UNION ALL SELECT k.author_id, TRUE FROM (SELECT c.author_id FROM comments c WHERE c.org_id = ? AND c.entity_id = ?"+
			" GROUP BY c.author_id ORDER BY MAX(c.created_at) DESC LIMIT ?) AS k", i.OrgID, i.EntityID, collab.MaxCommentersNotified)
	}
	if i.EntityID != "" && i.BaseVersion > 0 {
		q.add(` UNION ALL SELECT l.actor_id, FALSE FROM log l
			WHERE l.org_id = ? AND l.entity_id = ? AND l.entity_version > ? AND l.snapshot IS NOT NULL`, i.OrgID, i.EntityID, i.BaseVersion)
		q.add(` UNION ALL SELECT f.value ->> 'authorId', FALSE FROM log l, json_each(l.edited) AS f
			WHERE l.org_id = ? AND l.entity_id = ? AND l.entity_version > ? AND l.snapshot IS NOT NULL`, i.OrgID, i.EntityID, i.BaseVersion)
	}
	q.add(") AS p JOIN members m ON m.org_id = ? AND m.user_id = p.id JOIN users u ON u.org_id = m.org_id AND u.id = m.user_id", i.OrgID).
		add(" LEFT JOIN watches w ON w.org_id = ? AND w.entity_id = ? AND w.user_id = p.id", i.OrgID, i.EntityID).
		add(" LEFT JOIN mutes mu ON mu.org_id = ? AND mu.entity_id = ? AND mu.user_id = p.id", i.OrgID, i.EntityID).
		add(" GROUP BY p.id, u.name, m.role, m.removed_at, w.watching, mu.user_id, mu.until")
	return batchQuery{q, func(r row) error {
		p, err := scanRecipient(r)
		state.Recipients[p.UserID] = p
		return err
	}}
}

func queryConflict(i collab.Intent, state *collab.State) batchQuery {
	q := newQuery("SELECT "+conflictColumns+" FROM conflicts c WHERE c.org_id = ? AND c.id = ?", i.OrgID, i.ConflictID)
	return batchQuery{q, scanOne(&state.Conflict, scanConflict)}
}

func queryCustomer(i collab.Intent, state *collab.State) batchQuery {
	q := selectEntities(i.OrgID).add(" FROM entities e WHERE e.org_id = ? AND e.id = ? AND e.type = ? AND e.deleted_at IS NULL",
		i.OrgID, *i.CustomerID, collab.TypeCustomer)
	return batchQuery{q, func(r row) error {
		e, err := scanEntity(r)
		state.Customer, _ = e.(*collab.Customer)
		return err
	}}
}

// queryGrants reads the grants of the entity and of the customer.
func queryGrants(i collab.Intent, state *collab.State) batchQuery {
	ids := []collab.ID{i.EntityID}
	if i.CustomerID != nil {
		ids = append(ids, *i.CustomerID)
	}
	q := newQuery("SELECT "+grantColumns+" FROM grants g WHERE g.org_id = ?", i.OrgID)
	oneOf(q, "g.entity_id", ids)
	return batchQuery{q.add(" ORDER BY g.entity_id, g.user_id"), scanAll(&state.Grants, scanGrant)}
}

func queryViewed(i collab.Intent, state *collab.State) batchQuery {
	q := newQuery(`SELECT EXISTS (SELECT 1 FROM log l
		WHERE l.org_id = ? AND l.entity_id = ? AND l.actor_id = ? AND l.type = 'VIEW' AND l.occurred_at > ?)`,
		i.OrgID, i.EntityID, i.ActorID, *i.ViewedSince)
	return batchQuery{q, func(r row) error { return r.Scan(&state.ViewedLately) }}
}
