package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/internal/collab"
	"tandem/internal/search"
)

// mostIndexed bounds the entities that are indexed in one transaction. More of them
// change the same bitmaps at once; fewer keep what they lock for less long.
const mostIndexed = 2000

// Unindexed returns the organizations whose index lacks something.
func (s *Store) Unindexed(ctx context.Context, few int) ([]collab.ID, error) {
	indexes := s.findIndexes
	if s.migrates {
		indexes = func(ctx context.Context) error { return s.makeIndexes(ctx, func(string) {}) }
	}
	if err := indexes(ctx); err != nil {
		return nil, err
	}
	q := newQuery("SELECT o.id FROM unindexed(?::integer, ?::bigint) AS o (id)", search.Form, few)
	return collect(ctx, s.forOrg(noTenant), q, scanColumn[collab.ID])
}

// Index advances the index of an organization by one batch. It locks the row of the index's state,
// which other instances skip, so one instance works at a time. It waits for no writer, except where
// rows have to be folded again.
func (s *Store) Index(ctx context.Context, orgID collab.ID, few int) (bool, error) {
	conn, release, err := s.pool.acquire(ctx, orgID)
	if err != nil {
		return false, err
	}
	defer release()
	state, err := s.beginIndexing(ctx, conn, orgID)
	if err != nil || state == nil {
		return false, err
	}
	lacking, err := readLacking(ctx, conn, orgID, state)
	if err != nil {
		return false, err
	}
	if state.Form < search.Form {
		if err := refold(ctx, conn, orgID, lacking); err != nil {
			return false, err
		}
	}
	if state.Covers(lacking, few) {
		if err := indexBatch(ctx, conn, orgID, lacking.Entities); err != nil {
			return false, err
		}
	}
	isRewriting := state.LacksKeys()
	state.MoveOn(lacking, few)
	err = exec(ctx, conn, newQuery("UPDATE search_state SET position = ?, form = ?, keyed = ? WHERE org_id = ?", state.Position, state.Form, state.Keyed, orgID))
	if err != nil {
		return false, err
	}
	_, err = conn.Exec(ctx, "COMMIT")
	return lacking.IsCut || isRewriting, fault(ctx, err)
}

// beginIndexing begins a transaction and locks the state of an index; nil is one
// that another instance holds.
func (s *Store) beginIndexing(ctx context.Context, conn *pgxpool.Conn, orgID collab.ID) (*search.State, error) {
	var state *search.State
	batch := s.forOrg(orgID).begin()
	queue(batch, []batchQuery{
		// The transaction is idle while the keys of a batch are worked out. Only another indexer waits for its lock.
		{newQuery("SELECT set_config('idle_in_transaction_session_timeout', '60s', true)"), func(row) error { return nil }},
		{newQuery("INSERT INTO search_state (org_id) VALUES (?) ON CONFLICT DO NOTHING", orgID), nil},
		{newQuery("SELECT position, form, keyed FROM search_state WHERE org_id = ? FOR UPDATE SKIP LOCKED", orgID), scanOne(&state, scanIndexState)},
	})
	err := conn.SendBatch(ctx, batch).Close()
	return state, fault(ctx, err)
}

func scanIndexState(r row) (*search.State, error) {
	state := &search.State{}
	err := r.Scan(&state.Position, &state.Form, &state.Keyed)
	return state, err
}

// readLacking reads the entities of the next batch, deleted or not.
func readLacking(ctx context.Context, conn *pgxpool.Conn, orgID collab.ID, state *search.State) (*search.Lacking, error) {
	lacking := &search.Lacking{Most: mostIndexed}
	after, upTo := state.Stretch()
	q := selectEntities(orgID).add(`, e.search, e.name_key, e.amount FROM entities e WHERE e.org_id = ? AND e.position > ? AND e.position <= ?
		ORDER BY e.position LIMIT ?`, orgID, after, upTo, constant(mostIndexed+1))
	err := queryOn(ctx, conn, batchQuery{q, func(r row) error {
		var row search.Row
		e, err := scanEntity(r, &row.Text, &row.Name, &row.Amount)
		if err == nil {
			lacking.Add(e, row)
		}
		return err
	}})
	return lacking, err
}

// refold updates what rows of entities have besides the snapshot to its present form, and with the first batch those
// of members. A row that was written meanwhile has them already.
func refold(ctx context.Context, conn *pgxpool.Conn, orgID collab.ID, lacking *search.Lacking) error {
	for _, e := range lacking.Outdated() {
		r := e.Common()
		err := exec(ctx, conn, newQuery("UPDATE entities SET search = ?, name_key = ?, amount = ? WHERE org_id = ? AND id = ? AND position = ?",
			e.SearchText(), collab.NameKey(e.DisplayName()), e.Indexed().Amount, orgID, r.ID, r.Cursor.Position))
		if err != nil {
			return err
		}
	}
	names := map[collab.ID]string{}
	q := newQuery(`SELECT m.user_id, u.name FROM members m JOIN users u ON u.org_id = m.org_id AND u.id = m.user_id
		WHERE m.org_id = ? AND octet_length(u.name) > length(u.name) ORDER BY m.user_id`, orgID)
	err := queryOn(ctx, conn, batchQuery{q, func(r row) error {
		var id collab.ID
		var name string
		err := r.Scan(&id, &name)
		names[id] = collab.NameKey(name)
		return err
	}})
	if err != nil {
		return err
	}
	for id, key := range names {
		err := exec(ctx, conn, newQuery("UPDATE members SET name_key = ? WHERE org_id = ? AND user_id = ? AND name_key <> ?", key, orgID, id, key))
		if err != nil {
			return err
		}
	}
	return nil
}

// indexBatch writes what entities change in the index.
func indexBatch(ctx context.Context, conn *pgxpool.Conn, orgID collab.ID, entities []collab.Entity) error {
	ids := make([]collab.ID, len(entities))
	for i, e := range entities {
		ids[i] = e.Common().ID
	}
	kept, next := map[collab.ID]search.Document{}, map[collab.EntityType]int{}
	err := queryOn(ctx, conn, batchQuery{
		newQuery("SELECT type, number, entity_id, source FROM search_documents WHERE org_id = ? AND entity_id = ANY(?)", orgID, list(ids)),
		func(r row) error {
			var d search.Document
			err := r.Scan(&d.Type, &d.Number, &d.ID, &d.Source)
			kept[d.ID] = d
			return err
		},
	}, batchQuery{
		newQuery(`SELECT t.type, COALESCE((SELECT MAX(d.number) FROM search_documents d WHERE d.org_id = ? AND d.type = t.type), -1) + 1
			FROM unnest(?::text[]) AS t (type)`, orgID, list(collab.EntityTypes)),
		func(r row) error {
			var t collab.EntityType
			var number int
			err := r.Scan(&t, &number)
			next[t] = number
			return err
		},
	})
	if err != nil {
		return err
	}
	b := search.NewBatch(entities, kept, next)
	if err := writeDocuments(ctx, conn, orgID, b.Documents); err != nil {
		return err
	}
	return writeChunks(ctx, conn, orgID, b)
}

func writeDocuments(ctx context.Context, conn *pgxpool.Conn, orgID collab.ID, documents []search.Document) error {
	var types, ids, sources, gone []string
	var numbers []int32
	for _, d := range documents {
		if d.Source == "" {
			gone = append(gone, string(d.ID))
			continue
		}
		types, ids, sources = append(types, string(d.Type)), append(ids, string(d.ID)), append(sources, d.Source)
		numbers = append(numbers, int32(d.Number))
	}
	err := exec(ctx, conn, newQuery("DELETE FROM search_documents WHERE org_id = ? AND entity_id = ANY(?::text[])", orgID, gone))
	if err != nil {
		return err
	}
	return exec(ctx, conn, newQuery(`INSERT INTO search_documents (org_id, type, number, entity_id, source)
		SELECT ?, * FROM unnest(?::text[], ?::integer[], ?::text[], ?::text[])
		ON CONFLICT (org_id, type, number) DO UPDATE SET source = excluded.source`, orgID, types, numbers, ids, sources))
}

// mostChunks bounds the chunks that are rewritten by one statement.
const mostChunks = 5000

// writeChunks writes the chunks that a batch changes.
func writeChunks(ctx context.Context, conn *pgxpool.Conn, orgID collab.ID, b *search.Batch) error {
	places := b.Places()
	for len(places) > 0 {
		some := places[:min(mostChunks, len(places))]
		places = places[len(some):]
		types, keys, at := make([]string, len(some)), make([]string, len(some)), make([]int32, len(some))
		for i, p := range some {
			types[i], keys[i], at[i] = string(p.Type), p.Key, int32(p.At)
		}
		kept := map[search.Place][]byte{}
		err := queryOn(ctx, conn, batchQuery{
			newQuery(`SELECT c.type, c.key, c.at, c.members FROM unnest(?::text[], ?::text[], ?::integer[]) AS p (type, key, at)
				JOIN search_chunks c ON c.org_id = ? AND c.type = p.type AND c.key = p.key AND c.at = p.at`, types, keys, at, orgID),
			func(r row) error {
				var p search.Place
				var members []byte
				err := r.Scan(&p.Type, &p.Key, &p.At, &members)
				kept[p] = members
				return err
			},
		})
		if err != nil {
			return err
		}
		members := make([][]byte, len(some))
		for i, p := range some {
			members[i] = b.Apply(p, kept[p])
		}
		// An empty bitmap is deleted by the statement after the one that wrote it.
		err = exec(ctx, conn, newQuery(`INSERT INTO search_chunks (org_id, type, key, at, members)
			SELECT ?, * FROM unnest(?::text[], ?::text[], ?::integer[], ?::bytea[])
			ON CONFLICT (org_id, type, key, at) DO UPDATE SET members = excluded.members`, orgID, types, keys, at, members))
		if err != nil {
			return err
		}
		err = exec(ctx, conn, newQuery(`DELETE FROM search_chunks c USING unnest(?::text[], ?::text[], ?::integer[]) AS p (type, key, at)
			WHERE c.org_id = ? AND c.type = p.type AND c.key = p.key AND c.at = p.at AND c.members = ''`, types, keys, at, orgID))
		if err != nil {
			return err
		}
	}
	return nil
}

// queryOn runs queries in the transaction that is open on a connection.
func queryOn(ctx context.Context, conn *pgxpool.Conn, queries ...batchQuery) error {
	batch := &pgx.Batch{}
	queue(batch, queries)
	return fault(ctx, conn.SendBatch(ctx, batch).Close())
}

// queryAndCommit runs queries in the transaction that is open on a connection, and commits it.
func queryAndCommit(ctx context.Context, conn *pgxpool.Conn, last ...batchQuery) error {
	batch := &pgx.Batch{}
	queue(batch, last)
	batch.Queue("COMMIT")
	return fault(ctx, conn.SendBatch(ctx, batch).Close())
}

// exec runs a statement in the transaction that is open on a connection.
func exec(ctx context.Context, conn *pgxpool.Conn, q *query) error {
	_, err := conn.Exec(ctx, q.text.String(), q.args...)
	return fault(ctx, err)
}
