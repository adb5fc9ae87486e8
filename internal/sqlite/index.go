package sqlite

import (
	"context"

	"tandem/internal/collab"
	"tandem/internal/fair"
	"tandem/internal/search"
)

// mostIndexed bounds the entities that are indexed in one transaction, for which
// writers wait.
const mostIndexed = 500

// Unindexed returns the organizations whose index lacks something.
func (s *Store) Unindexed(ctx context.Context, few int) ([]collab.ID, error) {
	q := newQuery(`SELECT o.id FROM organizations o LEFT JOIN search_state s ON s.org_id = o.id
		WHERE COALESCE(s.form, 0) < ? OR (SELECT COUNT(*) FROM
			(SELECT 1 FROM entities e WHERE e.org_id = o.id AND e.position > COALESCE(s.position, 0) LIMIT ?))
			>= CASE WHEN s.position > 0 THEN 1 ELSE ? END`, search.Form, few, few)
	return collect(ctx, s.readers, q, func(r row) (id collab.ID, err error) {
		err = r.Scan(&id)
		return id, err
	})
}

// Index advances the index of an organization by one batch.
func (s *Store) Index(ctx context.Context, orgID collab.ID, few int) (bool, error) {
	tx, err := s.writer.begin(ctx, fair.Key{Org: string(orgID)})
	if err != nil {
		return false, err
	}
	defer tx.end()
	state, err := beginIndexing(ctx, tx, orgID)
	if err != nil {
		return false, err
	}
	lacking, err := readLacking(ctx, tx, orgID, state)
	if err != nil {
		return false, err
	}
	if state.Form < search.Form {
		if err := refold(ctx, tx, orgID, lacking); err != nil {
			return false, err
		}
	}
	if state.Covers(lacking, few) {
		if err := indexBatch(ctx, tx, orgID, lacking.Entities); err != nil {
			return false, err
		}
	}
	isRewriting := state.LacksKeys()
	state.MoveOn(lacking, few)
	err = execAll(ctx, tx, newQuery("UPDATE search_state SET position = ?, form = ?, keyed = ? WHERE org_id = ?", state.Position, state.Form, state.Keyed, orgID))
	if err != nil {
		return false, err
	}
	return lacking.IsCut || isRewriting, fault(ctx, tx.Commit())
}

// beginIndexing reads the state of an index.
func beginIndexing(ctx context.Context, tx *transaction, orgID collab.ID) (*search.State, error) {
	err := execAll(ctx, tx, newQuery("INSERT INTO search_state (org_id) VALUES (?) ON CONFLICT DO NOTHING", orgID))
	if err != nil {
		return nil, err
	}
	var state *search.State
	err = forEachRow(ctx, tx, newQuery("SELECT position, form, keyed FROM search_state WHERE org_id = ?", orgID), scanOne(&state, scanIndexState))
	return state, err
}

func scanIndexState(r row) (*search.State, error) {
	state := &search.State{}
	err := r.Scan(&state.Position, &state.Form, &state.Keyed)
	return state, err
}

// readLacking reads the entities of the next batch, deleted or not.
func readLacking(ctx context.Context, tx *transaction, orgID collab.ID, state *search.State) (*search.Lacking, error) {
	lacking := &search.Lacking{Most: mostIndexed}
	after, upTo := state.Stretch()
	q := selectEntities(orgID).add(`, e.search, e.name_key, e.amount FROM entities e WHERE e.org_id = ? AND e.position > ? AND e.position <= ?
		ORDER BY e.position LIMIT ?`, orgID, after, upTo, mostIndexed+1)
	err := forEachRow(ctx, tx, q, func(r row) error {
		var row search.Row
		e, err := scanEntity(r, &row.Text, &row.Name, &row.Amount)
		if err == nil {
			lacking.Add(e, row)
		}
		return err
	})
	return lacking, err
}

// refold updates what rows of entities have besides the snapshot to its present form, and with each batch those of
// members.
func refold(ctx context.Context, tx *transaction, orgID collab.ID, lacking *search.Lacking) error {
	var statements []*query
	for _, e := range lacking.Outdated() {
		statements = append(statements, newQuery("UPDATE entities SET search = ?, name_key = ?, amount = ? WHERE org_id = ? AND id = ?",
			e.SearchText(), collab.NameKey(e.DisplayName()), e.Indexed().Amount, orgID, e.Common().ID))
	}
	q := newQuery(`SELECT m.user_id, u.name FROM members m JOIN users u ON u.org_id = m.org_id AND u.id = m.user_id
		WHERE m.org_id = ? AND octet_length(u.name) > length(u.name)`, orgID)
	err := forEachRow(ctx, tx, q, func(r row) error {
		var id collab.ID
		var name string
		err := r.Scan(&id, &name)
		key := collab.NameKey(name)
		statements = append(statements,
			newQuery("UPDATE members SET name_key = ? WHERE org_id = ? AND user_id = ? AND name_key <> ?", key, orgID, id, key))
		return err
	})
	if err != nil {
		return err
	}
	return execAll(ctx, tx, statements...)
}

// indexBatch writes what entities change in the index.
func indexBatch(ctx context.Context, tx *transaction, orgID collab.ID, entities []collab.Entity) error {
	ids := make([]collab.ID, len(entities))
	for i, e := range entities {
		ids[i] = e.Common().ID
	}
	kept, next := map[collab.ID]search.Document{}, map[collab.EntityType]int{}
	err := answer(ctx, tx, []batchQuery{{
		newQuery("SELECT type, number, entity_id, source FROM search_documents WHERE org_id = ? AND entity_id IN (SELECT value FROM json_each(?))", orgID, list(ids)),
		func(r row) error {
			var d search.Document
			err := r.Scan(&d.Type, &d.Number, &d.ID, &d.Source)
			kept[d.ID] = d
			return err
		},
	}, {
		newQuery(`SELECT t.value, COALESCE((SELECT MAX(d.number) FROM search_documents d WHERE d.org_id = ? AND d.type = t.value), -1) + 1
			FROM json_each(?) AS t`, orgID, list(collab.EntityTypes)),
		func(r row) error {
			var t collab.EntityType
			var number int
			err := r.Scan(&t, &number)
			next[t] = number
			return err
		},
	}})
	if err != nil {
		return err
	}
	b := search.NewBatch(entities, kept, next)
	if err := writeDocuments(ctx, tx, orgID, b.Documents); err != nil {
		return err
	}
	return writeChunks(ctx, tx, orgID, b)
}

func writeDocuments(ctx context.Context, tx *transaction, orgID collab.ID, documents []search.Document) error {
	var statements []*query
	for _, d := range documents {
		if d.Source == "" {
			statements = append(statements, newQuery("DELETE FROM search_documents WHERE org_id = ? AND entity_id = ?", orgID, d.ID))
			continue
		}
		statements = append(statements, newQuery(`INSERT INTO search_documents (org_id, type, number, entity_id, source) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (org_id, type, number) DO UPDATE SET source = excluded.source`, orgID, d.Type, d.Number, d.ID, d.Source))
	}
	return execAll(ctx, tx, statements...)
}

// writeChunks writes the chunks that a batch changes.
func writeChunks(ctx context.Context, tx *transaction, orgID collab.ID, b *search.Batch) error {
	for _, p := range b.Places() {
		var kept []byte
		err := forEachRow(ctx, tx, newQuery("SELECT members FROM search_chunks WHERE org_id = ? AND type = ? AND key = ? AND at = ?",
			orgID, p.Type, p.Key, p.At), func(r row) error { return r.Scan(&kept) })
		if err != nil {
			return err
		}
		write := newQuery("DELETE FROM search_chunks WHERE org_id = ? AND type = ? AND key = ? AND at = ?", orgID, p.Type, p.Key, p.At)
		if members := b.Apply(p, kept); len(members) > 0 {
			write = newQuery("INSERT INTO search_chunks (org_id, type, key, at, members) VALUES (?, ?, ?, ?, ?)", orgID, p.Type, p.Key, p.At)
			write.args = append(write.args, members)
			write.add(" ON CONFLICT (org_id, type, key, at) DO UPDATE SET members = excluded.members")
		}
		if err := execAll(ctx, tx, write); err != nil {
			return err
		}
	}
	return nil
}
