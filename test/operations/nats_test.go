package operations_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"tandem/internal/natstest"
	"tandem/internal/server"
	"tandem/internal/servertest"
)

// Credentials that NATS refuses stop the start, and tandem check names them. A NATS that is away stops neither the start
// nor the writes.
func TestNATSRefusesCredentials(t *testing.T) {
	t.Parallel()
	nats := natstest.Start(t, "authorization: {user: tandem, password: secret}")
	settings := servertest.Shared(t)
	settings["AUTH_SECRET"], settings["ADDR"] = servertest.Secret, "127.0.0.1:0"
	settings["NATS_URL"] = strings.Replace(nats.URL(), "//", "//tandem:secret@", 1)
	wantCheck(t, settings, "", 0, "ok       Redis     Redis", "ok       NATS      NATS 2.", "ok       NATS      the user may announce and listen")
	settings["NATS_URL"] = strings.Replace(nats.URL(), "//", "//tandem:PASSWORD@", 1)
	refusal := "the NATS at " + nats.Address() + " refuses the credentials of NATS_URL or NATS_CREDENTIALS"
	wantCheck(t, settings, "", 1, "FAILED   NATS      "+refusal)
	ctx, cancel := context.WithTimeout(t.Context(), servertest.Patience)
	defer cancel()
	err := server.Run(ctx, settings, io.Discard, servertest.LogTo(t))
	if err == nil || !strings.Contains(err.Error(), refusal) || strings.Contains(err.Error(), "PASSWORD") {
		t.Errorf("it starts with %v", err)
	}
	delete(settings, "REDIS_URL")
	settings["NATS_URL"] = "nats://127.0.0.1:1"
	wantCheck(t, settings, "", 1, "FAILED   NATS      no NATS answers at 127.0.0.1:1", "warning  settings  NATS carries changes only")
	servertest.Start(t, settings)
}
