package postgres

import "testing"

// BenchmarkPruneOrganizations prunes the logs of 5,000 organizations, each of which has one old change.
func BenchmarkPruneOrganizations(b *testing.B) {
	const organizations = 5000
	s, _ := open(b, newDatabase(b))
	fill := newQuery(`DO $$ DECLARE org text; BEGIN FOR n IN 1..5000 LOOP
		org := 'org' || n;
		PERFORM set_config('tandem.org', org, true);
		INSERT INTO organizations (id, name, head, epoch) VALUES (org, org, 2, 1);
		INSERT INTO log (org_id, position, type, entity_type, entity_id, entity_version, actor_id, merged, occurred_at, changes)
			SELECT org, p, 'UPDATE', 'CUSTOMER', 'cus', p, 'ann', FALSE, '2020-01-01', '[]' FROM generate_series(1, 2) p;
		END LOOP; PERFORM set_config('tandem.org', '', true); END $$`)
	for b.Loop() {
		b.StopTimer()
		if _, err := s.pool.Exec(b.Context(), "TRUNCATE organizations, log CASCADE"); err != nil {
			b.Fatal(err)
		}
		if _, err := s.pool.Exec(b.Context(), fill.text.String()); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		pruned := 0
		for {
			n, err := s.Prune(b.Context(), minute(1), 500)
			if err != nil {
				b.Fatal(err)
			}
			if pruned += n; n == 0 {
				break
			}
		}
		if pruned != organizations {
			b.Fatalf("pruned %d changes", pruned)
		}
	}
}
