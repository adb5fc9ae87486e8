package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tandem/internal/collab"
	"tandem/internal/collabtest"
)

func BenchmarkWrite(b *testing.B) {
	s, _ := open(b, newDatabase(b))
	collabtest.BenchmarkWrite(b, s)
}

func BenchmarkChanges(b *testing.B) {
	s, _ := open(b, newDatabase(b))
	collabtest.BenchmarkChanges(b, s)
}

func BenchmarkPushContent(b *testing.B) {
	s, _ := open(b, newDatabase(b))
	collabtest.BenchmarkPushContent(b, s)
}

func BenchmarkNotify(b *testing.B) {
	s, _ := open(b, newDatabase(b))
	collabtest.BenchmarkNotify(b, s)
}

func BenchmarkSnooze(b *testing.B) {
	s, _ := open(b, newDatabase(b))
	collabtest.BenchmarkSnooze(b, s)
}

// BenchmarkWriteParallel measures updates by several writers at once, over
// several organizations.
func BenchmarkWriteParallel(b *testing.B) {
	benchmarkParallel(b, func(ctx context.Context, s *Store, orgID, entityID collab.ID) error {
		intent := collab.Intent{OrgID: orgID, ActorID: "ann", EntityID: entityID}
		_, err := s.Write(ctx, intent, func(st *collab.State) (*collab.Decision, error) { return rename(st.Entity), nil })
		return err
	})
}

// BenchmarkWriteByHand measures the same updates by the same SQL, a statement
// after the other, as one would write it without a thought for round trips.
func BenchmarkWriteByHand(b *testing.B) {
	benchmarkParallel(b, func(ctx context.Context, s *Store, orgID, entityID collab.ID) error {
		return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return writeByHand(ctx, tx, orgID, entityID) })
	})
}

// Writers at once, for each core, and the organizations that they write to.
const (
	writersPerCore = 8
	organizations  = 8
)

func benchmarkParallel(b *testing.B, write func(ctx context.Context, s *Store, orgID, entityID collab.ID) error) {
	s, _ := open(b, newDatabase(b))
	var writer atomic.Int64
	b.SetParallelism(writersPerCore)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		n := writer.Add(1)
		orgID, entityID := collab.ID(fmt.Sprint("org", n%organizations)), collab.ID(fmt.Sprint("cus", n))
		if err := prepare(b.Context(), s, orgID, entityID); err != nil {
			b.Error(err)
			return
		}
		for pb.Next() {
			if err := write(b.Context(), s, orgID, entityID); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
}

// prepare makes the organization and the customer that a writer writes to.
func prepare(ctx context.Context, s *Store, orgID, entityID collab.ID) error {
	if _, err := collabtest.Join(ctx, s, collab.Claims{UserID: "ann", OrganizationID: orgID, Role: collab.RoleAdmin}, collab.Time{}); err != nil {
		return err
	}
	e := &collab.Customer{
		Record:         collab.Record{ID: entityID, Type: collab.TypeCustomer, Version: 1, CreatedBy: "ann", UpdatedBy: "ann"},
		CustomerFields: collab.CustomerFields{Name: "Acme", Status: collab.CustomerLead, Tags: []string{}, Visibility: collab.VisibleToOrganization},
	}
	_, err := s.Write(ctx, collab.Intent{OrgID: orgID, ActorID: "ann"}, func(*collab.State) (*collab.Decision, error) {
		return &collab.Decision{Change: changeOf(collab.ChangeCreate, e)}, nil
	})
	return err
}

func changeOf(t collab.ChangeType, e collab.Entity) *collab.Change {
	r := e.Common()
	return &collab.Change{
		Type: t, EntityType: r.Type, EntityID: r.ID, EntityVersion: r.Version, CustomerID: e.Indexed().CustomerID,
		ActorID: "ann", OccurredAt: r.UpdatedAt, Snapshot: e,
	}
}

// rename decides to make the next version of an entity.
func rename(e collab.Entity) *collab.Decision {
	old, next := e.(*collab.Customer).Name, *e.(*collab.Customer)
	next.Version++
	next.Name = fmt.Sprint("Acme ", next.Version)
	change := changeOf(collab.ChangeUpdate, &next)
	change.Fields = []*collab.FieldChange{{Field: "name", OldValue: inJSON(old), NewValue: inJSON(next.Name)}}
	return &collab.Decision{Change: change}
}

func inJSON(text string) collab.JSON {
	encoded, _ := json.Marshal(text)
	return encoded
}

func writeByHand(ctx context.Context, tx pgx.Tx, orgID, entityID collab.ID) error {
	if _, err := tx.Exec(ctx, enterAsUser, orgID); err != nil {
		return err
	}
	var data []byte
	err := tx.QueryRow(ctx, "SELECT data FROM entities WHERE org_id = $1 AND id = $2 FOR UPDATE", orgID, entityID).Scan(&data)
	if err != nil {
		return err
	}
	e, err := collab.DecodeEntity(collab.TypeCustomer, data, collab.Cursor{})
	if err != nil {
		return err
	}
	change := rename(e).Change
	snapshot, err := collab.EncodeEntity(e)
	if err != nil {
		return err
	}
	fields, err := json.Marshal(change.Fields)
	if err != nil {
		return err
	}
	var position int64
	err = tx.QueryRow(ctx, "UPDATE organizations SET head = head + 1 WHERE id = $1 RETURNING head", orgID).Scan(&position)
	if err != nil {
		return err
	}
	r, ties := e.Common(), e.Indexed()
	_, err = tx.Exec(ctx, `UPDATE entities SET version = $3, position = $4, owner_id = $5, customer_id = $6, status = $7,
		visibility = $8, starts_at = $9, updated_at = $10, deleted_at = $11, name_key = $12, data = $13, search = $14
		WHERE org_id = $1 AND id = $2`, orgID, entityID, r.Version, position, ties.OwnerID, ties.CustomerID, ties.Status,
		ties.Visibility, nil, r.UpdatedAt.Time, nil, collab.NameKey(e.DisplayName()), snapshot, e.SearchText())
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO log (org_id, position, type, entity_type, entity_id, entity_version, customer_id,
		actor_id, merged, occurred_at, changes, snapshot) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		orgID, position, change.Type, change.EntityType, entityID, r.Version, change.CustomerID,
		change.ActorID, false, change.OccurredAt.Time, fields, snapshot)
	return err
}

// queued is the length of the queue of BenchmarkClaim, which is of one organization.
const (
	queued = 20_000
	acme   = collab.ID("acme")
)

// BenchmarkClaim measures claims of 32 jobs of a long queue, of which Postgres has statistics, and claims that pass over it because its host
// is busy. Each job is due again at once.
func BenchmarkClaim(b *testing.B) {
	s, _ := open(b, newDatabase(b))
	fill := newQuery(`INSERT INTO jobs (org_id, kind, target, notification_id, user_id, host, due_at, ready_at, queued_at, expires_at)
		SELECT ?, 'PUSH', 'psh_' || n, 'ntf_1', 'ann', 'push.example', now(), now(), now(), now() + interval '1 day' FROM generate_series(1, ?) n`, acme, queued)
	if _, err := s.forOrg(acme).exec(b.Context(), fill); err != nil {
		b.Fatal(err)
	}
	if _, err := s.pool.Exec(b.Context(), "ANALYZE jobs"); err != nil {
		b.Fatal(err)
	}
	b.Run("due", func(b *testing.B) {
		for b.Loop() {
			now := collab.At(time.Now())
			jobs, _, err := s.ClaimJobs(b.Context(), acme, collab.JobClaim{Kind: collab.JobPush, Now: now, Until: now, Holder: "clm_1", Limit: 32})
			if err != nil || len(jobs) != 32 {
				b.Fatalf("claimed %d: %v", len(jobs), err)
			}
		}
	})
	b.Run("busy", func(b *testing.B) {
		for b.Loop() {
			now := collab.At(time.Now())
			jobs, _, err := s.ClaimJobs(b.Context(), acme, collab.JobClaim{
				Kind: collab.JobPush, Now: now, Until: now, Holder: "clm_1", Limit: 32, Busy: []string{"push.example"},
			})
			if err != nil || len(jobs) != 0 {
				b.Fatalf("claimed %d: %v", len(jobs), err)
			}
		}
	})
}
