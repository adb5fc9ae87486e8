package postgres

import (
	"context"

	"tandem/internal/collab"
)

// Certificate returns the value of a name; "" if there is none.
func (s *Store) Certificate(ctx context.Context, name string) (value string, err error) {
	q := newQuery("SELECT value FROM certificates WHERE name = ?", name)
	err = forEachRow(ctx, s.forOrg(noTenant), q, func(r row) error { return r.Scan(&value) })
	return value, err
}

// KeepCertificate makes value the value of a name; "" forgets the name.
func (s *Store) KeepCertificate(ctx context.Context, name, value string) error {
	q := newQuery("INSERT INTO certificates (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
	if value == "" {
		q = newQuery("DELETE FROM certificates WHERE name = ?", name)
	}
	_, err := s.forOrg(noTenant).exec(ctx, q)
	return err
}

// ClaimCertificate reports whether holder may order the certificate of a name until a time.
func (s *Store) ClaimCertificate(ctx context.Context, name, holder string, now, until collab.Time) (bool, error) {
	claimed, err := s.forOrg(noTenant).exec(ctx, newQuery(`INSERT INTO certificates AS c (name, holder, held_until) VALUES (?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
		WHERE c.holder = excluded.holder OR c.held_until IS NULL OR c.held_until <= ?`, name, holder, until, now))
	return claimed > 0, err
}
