package config

import "errors"

// checkNATS refuses what NATS can't be used with. Package nats reads the addresses.
func (s *Settings) checkNATS() error {
	switch {
	case s.NATSURL == "" && s.NATSCredentials != "":
		return errors.New("NATS_CREDENTIALS needs NATS_URL: set both, or neither")
	case s.NATSURL != "" && s.UsesSQLite():
		return errors.New("NATS_URL needs a database that several instances can share: set DATABASE_URL=postgres://…, or unset NATS_URL")
	}
	return nil
}

// busWarnings are what instances on one Postgres lack.
func (s *Settings) busWarnings() []string {
	switch {
	case s.UsesSQLite() || s.RedisURL != "":
		return nil
	case s.NATSURL != "":
		return []string{"NATS carries changes only: without REDIS_URL another instance on this database sees no presence, and counts rate limits alone"}
	}
	return []string{"without REDIS_URL another instance on this database sees changes late (within a second) and no presence"}
}
