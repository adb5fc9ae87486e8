package config

import (
	"errors"
	"strings"
)

// checkReplica refuses a replica that is not of a Postgres.
func (s *Settings) checkReplica() error {
	if s.DatabaseReadURL != "" && (s.UsesSQLite() || !namesPostgres(s.DatabaseReadURL)) {
		return errors.New("DATABASE_READ_URL must begin with postgres://, and name a replica of the Postgres in DATABASE_URL; correct it, or unset it")
	}
	return nil
}

func namesPostgres(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}
