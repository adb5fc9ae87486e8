package postgres

import (
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/eventually"
)

// Rows that were pruned are dead until a vacuum, which the figures of the log tell.
func TestLogStatsTellOfVacuums(t *testing.T) {
	t.Parallel()
	database := newDatabase(t)
	s, _ := open(t, database)
	if err := prepare(t.Context(), s, "org", "cus"); err != nil {
		t.Fatal(err)
	}
	behind(t, database, "ALTER TABLE log SET (autovacuum_enabled = off)")
	rows := func() collab.LogRows {
		stats, err := s.LogStats(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return *stats.Rows
	}
	head := appendChanges(t, s, 300)
	pruned := int64(pruneTo(t, s, head-100))
	// The sessions of Postgres report what they did with a delay.
	eventually.True(t, "what was pruned is dead", func() bool {
		is := rows()
		return is.Dead >= pruned && is.Live >= 100 && is.Vacuumed.IsZero()
	})
	began := time.Now()
	behind(t, database, "VACUUM log")
	eventually.True(t, "no row is dead after a vacuum", func() bool {
		is := rows()
		return is.Dead == 0 && is.Live >= 100 && !is.Vacuumed.Before(began.Truncate(time.Millisecond))
	})
}
