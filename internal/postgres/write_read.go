package postgres

import (
	"cmp"

	"tandem/internal/collab"
)

// questions are what an intent asks, in order: the entity first, since whatever
// is read under its lock has to be read after it. What is not asked for is left
// out. Their answers go into state, and how many erasures there were into erasures.
func questions(i collab.Intent, state *collab.State, erasures *int64) []question {
	var asked []question
	if i.EntityID != "" {
		asked = append(asked, askEntity(i, state))
	}
	if i.Admins || i.Audited {
		asked = append(asked, lockAuditEnd(i.OrgID, &state.AuditEnd))
	}
	if i.Admins {
		asked = append(asked, askAdmins(i, state))
	}
	asked = append(asked, askMembers(i, state, erasures))
	if i.ClientMutationID != nil {
		asked = append(asked, askEarlier(i, state))
	}
	if i.EntityID != "" && i.BaseVersion > 0 {
		asked = append(asked, askBase(i, state), askUnread(i, state))
	}
	if i.ConflictID != "" {
		asked = append(asked, askConflict(i, state))
	}
	if i.CustomerID != nil {
		asked = append(asked, askCustomer(i, state))
	}
	if i.EntityID != "" || i.CustomerID != nil {
		asked = append(asked, askGrants(i, state))
	}
	if i.ViewedSince != nil {
		asked = append(asked, askViewed(i, state))
	}
	return asked
}

func askEntity(i collab.Intent, state *collab.State) question {
	q := selectEntities(i.OrgID).add(" FROM entities e WHERE e.org_id = ? AND e.id = ? FOR NO KEY UPDATE OF e", i.OrgID, i.EntityID)
	return question{q, one(&state.Entity, scanOneEntity)}
}

func askMembers(i collab.Intent, state *collab.State, erasures *int64) question {
	q := newQuery("SELECT "+memberColumns+", o.restricts, o.erasures"+membersFrom+" JOIN organizations o ON o.id = m.org_id WHERE m.org_id = ?", i.OrgID)
	oneOf(q, "m.user_id", append([]collab.ID{i.ActorID}, i.UserIDs...))
	asked := make(map[collab.ID]bool, len(i.UserIDs))
	for _, id := range i.UserIDs {
		asked[id] = true
	}
	return question{q, func(r row) error {
		m, err := scanMember(r, &state.Restricts, erasures)
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

func askAdmins(i collab.Intent, state *collab.State) question {
	q := newQuery("SELECT m.user_id FROM members m WHERE m.org_id = ? AND m.role = ? AND m.removed_at IS NULL", i.OrgID, collab.RoleAdmin)
	return question{q, into(&state.Admins, func(r row) (id collab.ID, err error) { return id, r.Scan(&id) })}
}

func askEarlier(i collab.Intent, state *collab.State) question {
	q := selectChanges(i.OrgID, "l.snapshot, COALESCE(l.fingerprint, '')").add(" FROM log l WHERE l.org_id = ? AND l.actor_id = ? AND l.client_mutation_id = ?",
		i.OrgID, i.ActorID, *i.ClientMutationID)
	return question{q, func(r row) (err error) {
		var fingerprint string
		if state.Earlier, err = scanChange(i.OrgID)(longer{r, []any{&fingerprint}}); err == nil {
			state.Earlier.Fingerprint = fingerprint
		}
		return err
	}}
}

// withoutValues is the fields of a change without their values, unless the base version was pruned, which
// the values then tell.
const withoutValues = `CASE WHEN EXISTS (SELECT 1 FROM log b WHERE b.org_id = ? AND b.entity_id = ? AND b.entity_version = ? AND b.snapshot IS NOT NULL)
	THEN COALESCE(l.edited, l.changes) ELSE l.changes END`

// askBase asks for the changes that made the base version and the newest ones after it,
// unless the base version is the current one.
func askBase(i collab.Intent, state *collab.State) question {
	q := newQuery("SELECT "+epoch+", ", i.OrgID).add(changeColumnsBut(withoutValues), i.OrgID, i.EntityID, i.BaseVersion).add(`,
		CASE WHEN l.entity_version = ? THEN l.snapshot END FROM log l JOIN entities e ON e.org_id = l.org_id AND e.id = l.entity_id
		WHERE l.org_id = ? AND l.entity_id = ? AND e.version > ? AND l.snapshot IS NOT NULL
		AND (l.entity_version = ? OR l.entity_version > ? AND l.entity_version > e.version - ?)
		ORDER BY l.entity_version`,
		i.BaseVersion, i.OrgID, i.EntityID, i.BaseVersion, i.BaseVersion, i.BaseVersion, cmp.Or(i.MostSince, collab.MostSince))
	return question{q, func(r row) error {
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

// askUnread asks for what the actor last told people about the entity, and they did not read.
func askUnread(i collab.Intent, state *collab.State) question {
	q := newQuery(`SELECT n.user_id, n.kind FROM (SELECT t.user_id, t.kind, t.entity_id, t.read_at FROM notifications t
		WHERE t.org_id = ? AND t.actor_id = ? ORDER BY t.position DESC LIMIT ?) n WHERE n.entity_id = ? AND n.read_at IS NULL`,
		i.OrgID, i.ActorID, collab.LatelyTold, i.EntityID)
	return question{q, into(&state.Unread, func(r row) (told collab.Told, err error) { return told, r.Scan(&told.UserID, &told.Kind) })}
}

func askConflict(i collab.Intent, state *collab.State) question {
	q := newQuery("SELECT "+conflictColumns+" FROM conflicts c WHERE c.org_id = ? AND c.id = ?", i.OrgID, i.ConflictID)
	return question{q, one(&state.Conflict, scanConflict)}
}

func askCustomer(i collab.Intent, state *collab.State) question {
	q := selectEntities(i.OrgID).add(" FROM entities e WHERE e.org_id = ? AND e.id = ? AND e.type = ? AND e.deleted_at IS NULL",
		i.OrgID, *i.CustomerID, collab.TypeCustomer)
	return question{q, func(r row) error {
		e, err := scanEntity(r)
		state.Customer, _ = e.(*collab.Customer)
		return err
	}}
}

// askGrants asks for the grants of the entity and of the customer.
func askGrants(i collab.Intent, state *collab.State) question {
	ids := []collab.ID{i.EntityID}
	if i.CustomerID != nil {
		ids = append(ids, *i.CustomerID)
	}
	q := newQuery("SELECT "+grantColumns+" FROM grants g WHERE g.org_id = ?", i.OrgID)
	oneOf(q, "g.entity_id", ids)
	return question{q.add(" ORDER BY g.entity_id, g.user_id"), into(&state.Grants, scanGrant)}
}

func askViewed(i collab.Intent, state *collab.State) question {
	q := newQuery(`SELECT EXISTS (SELECT 1 FROM log l
		WHERE l.org_id = ? AND l.entity_id = ? AND l.actor_id = ? AND l.type = 'VIEW' AND l.occurred_at > ?)`,
		i.OrgID, i.EntityID, i.ActorID, *i.ViewedSince)
	return question{q, func(r row) error { return r.Scan(&state.ViewedLately) }}
}
